import { type AnswerScopes, answerScope, type MadeAnswer } from '../cache/index.ts'
import type { Audience, Tables } from '../db/index.ts'
import { answerScopeOf, EVERYONE, type Viewer } from '../identity/index.ts'
import type { Answer } from './answer.ts'

/** For whom a whole answer may be kept, and what it was made from. */
export interface Keeping extends Pick<MadeAnswer<unknown>, 'moment' | 'tags'> {
  readonly scopes: AnswerScopes
  /** Something of it is from synced tables. */
  readonly synced: boolean
}

/**
 * What a request has seen, which says whose its answer is: by what was loaded, never by the operation's text. It may be kept only if
 * something was loaded, and is everyone's only if all of that is, and nobody has looked who asks.
 */
export class Sight {
  readonly tables: Partial<Record<Audience, Tables>> = {}
  readonly #viewer: Viewer
  #isEveryones = true
  /** What decided what the viewer may see, whenever something was loaded. */
  readonly #authorizations = new Set<string>()

  constructor(viewer: Viewer) {
    this.#viewer = viewer
  }

  /** Whoever asks for it makes the answer this viewer's own. */
  get viewer(): Viewer {
    this.#isEveryones = false
    return this.#viewer
  }

  note(audience: Audience, tables: Tables): void {
    this.tables[audience] = tables
    this.#authorizations.add(tables.authorization)
    if (audience === 'viewer') this.#isEveryones = false
  }

  /** Undefined if the answer may not be kept. */
  keeping({ began, tags, parts, unfit, synced }: Answer): Keeping | undefined {
    const [authorization, another] = this.#authorizations
    if (parts === 0 || unfit.size > 0 || authorization === undefined || another !== undefined) return undefined
    const own = answerScope(answerScopeOf(this.#viewer), authorization)
    const everyones = this.#isEveryones ? answerScope(EVERYONE, authorization) : undefined
    const { id: maker } = this.#viewer
    return { scopes: { own, maker, everyones }, moment: began, tags: [...tags], synced }
  }
}

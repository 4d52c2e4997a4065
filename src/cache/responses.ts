import { EVERYONE } from '../identity/index.ts'
import type { Moment } from './coherence.ts'
import type { Freshness } from './freshness.ts'
import type { CacheSize } from './lookup.ts'
import { Makers } from './makers.ts'
import { type Held, ScopedLru } from './scoped-lru.ts'

/** Of the budget: one answer, one viewer, and the keys by which it is remembered who made them. */
const [ENTRY_SHARE, VIEWER_SHARE, MAKERS_SHARE] = [0.05, 0.125, 0.125]
/** A backstop, in ms: for what everybody may be shown, and for what one viewer may. */
const [EVERYONE_LIFE_MS, VIEWER_LIFE_MS] = [3_600_000, 600_000]
/** Of an entry beside its key, body and tags. */
const ENTRY_BYTES = 1_500

/** What finished answers are counted under, among the names of tables. */
export const ANSWERS = 'answers'

/** Whose answer it is: one viewer's or everyone's, under rights that are as they were when it was made. */
export type AnswerScope = string & { readonly [scoped]: true }
declare const scoped: unique symbol

/** @param authorization `Tables.authorization` of who asks */
export function answerScope(whose: string, authorization: string): AnswerScope {
  return `${whose}\n${authorization}` as AnswerScope
}

/** A whole answer that was made, and what says whether it still holds. */
export interface MadeAnswer<Body> {
  readonly body: Body
  /** What it takes, in bytes, beside its key and tags. */
  readonly bytes: number
  /** Noted before anything in it was read. */
  readonly moment: Moment
  readonly tags: readonly string[]
}

/** Where an answer may be kept. */
export interface AnswerScopes {
  /** Of the viewer who made it. */
  readonly own: AnswerScope
  /** That viewer, whatever their rights: `Viewer.id`. */
  readonly maker: string
  /** Of all who may see the same, if it is the same for all of them. */
  readonly everyones: AnswerScope | undefined
}

interface Entry<Body> extends MadeAnswer<Body>, Held {
  /** `Coherence.changes` when its tags were last looked at, and held. */
  checked: number
}

export interface ResponsesOptions {
  /** The budget; 0: nothing is kept. */
  readonly bytes: number
  readonly freshness: Freshness
  readonly onEvicted: () => void
}

/** Finished answers, in front of everything else: served as long as nothing that they were made from has changed. */
export class Responses<Body> {
  readonly #held: ScopedLru<Entry<Body>>
  readonly #freshness: Freshness
  readonly #bytes: number
  /** How many have been made that could be kept, since the start. */
  made = 0
  readonly #makers: Makers

  constructor({ bytes: budget, freshness, onEvicted }: ResponsesOptions) {
    const forMakers = Math.floor(budget * MAKERS_SHARE)
    const bytes = budget - forMakers
    this.#makers = new Makers(forMakers)
    const isEveryones = (scope: string): boolean => scope.startsWith(`${EVERYONE}\n`)
    this.#bytes = bytes
    this.#freshness = freshness
    this.#held = new ScopedLru({
      bytes,
      bytesOf: (scope) => Math.ceil(isEveryones(scope) ? bytes : bytes * VIEWER_SHARE),
      lifeMs: (scope) => (isEveryones(scope) ? EVERYONE_LIFE_MS : VIEWER_LIFE_MS),
      onEvicted,
    })
  }

  /** Whether anything is kept at all. */
  get isOn(): boolean {
    return this.#bytes > 0
  }

  get size(): CacheSize {
    return this.#held.size
  }

  /** What may be sent now. Nothing waits between this and the sending. */
  get(scope: AnswerScope, key: string): Body | undefined {
    if (!this.#freshness.isLive()) return undefined
    const entry = this.#held.get(scope, key)
    if (!entry || this.#freshness.isHeld(entry.tags)) return undefined
    if (this.#holds(entry)) return entry.body
    this.#held.delete(scope, key)
    return undefined
  }

  /**
   * Keeps it, if it still holds and is small enough; and says whether it does. What only one viewer asks for takes that viewer's
   * share, also where it could be everyone's: nobody can drive out by themselves what others share.
   */
  set({ own, maker, everyones }: AnswerScopes, key: string, made: MadeAnswer<Body>): boolean {
    if (!this.isOn) return false
    this.made++
    const scope = everyones !== undefined && this.#makers.isShared(key, maker) ? everyones : own
    const bytes = made.bytes + sizeOf(key, made.tags)
    if (bytes > this.#bytes * ENTRY_SHARE) return false
    const entry = { ...made, bytes, group: ANSWERS, checked: -1 }
    return this.#holds(entry) && this.#held.set(scope, key, entry)
  }

  /** The body that is kept under this key takes so many bytes more. */
  grow(scope: AnswerScope, key: string, body: Body, more: number): void {
    const entry = this.#held.get(scope, key)
    if (entry?.body === body) this.#held.replace(scope, key, { ...entry, bytes: entry.bytes + more })
  }

  clear(): void {
    this.#held.clear()
  }

  #holds(entry: Entry<Body>): boolean {
    const { coherence } = this.#freshness
    if (entry.checked === coherence.changes) return true
    if (!coherence.holds(entry.moment, entry.tags)) return false
    entry.checked = coherence.changes
    return true
  }
}

function sizeOf(key: string, tags: readonly string[]): number {
  return tags.reduce((bytes, tag) => bytes + tag.length + 24, ENTRY_BYTES + key.length)
}

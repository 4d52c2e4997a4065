import { LakebaseError } from './errors.ts'
import { type Answer, exchange, parametersOf, type Try } from './exchange.ts'
import { exchangeAll } from './exchange-all.ts'
import { type BatchOptions, MAX_BATCH } from './options.ts'

/** Of all queries of a batch together, in characters; what is longer goes by itself. */
const MAX_CHARACTERS = 12_000

interface Waiting {
  readonly asked: Try
  readonly resolve: (answer: Answer | PromiseLike<Answer>) => void
  readonly reject: (error: unknown) => void
}

/** Queries that will go together, since they are asked as the same viewer, and have to be equally current. */
interface Group {
  readonly waiting: Waiting[]
  readonly timer: ReturnType<typeof setTimeout>
  characters: number
}

/** Has small queries that are asked for at about the same time go in one request. Each keeps its own deadline, tries and errors. */
export class Batches {
  readonly #waitMs: number
  readonly #max: number
  readonly #groups = new Map<string, Group>()

  constructor({ waitMs = 0, max = MAX_BATCH }: BatchOptions) {
    this.#waitMs = waitMs
    this.#max = max
  }

  /** As `exchange` does. */
  ask(asked: Try): Promise<Answer> {
    if (asked.document.kind !== 'query') return exchange(asked)
    const { length } = JSON.stringify(parametersOf(asked))
    if (length > MAX_CHARACTERS) return exchange(asked)
    const key = `${asked.position} ${asked.token}`
    if ((this.#groups.get(key)?.characters ?? 0) + length > MAX_CHARACTERS) this.#send(key)
    return new Promise((resolve, reject) => {
      const group = this.#groups.get(key) ?? this.#begin(key)
      group.waiting.push({ asked, resolve, reject })
      group.characters += length
      if (group.waiting.length >= this.#max) this.#send(key)
    })
  }

  #begin(key: string): Group {
    const group = { waiting: [], characters: 0, timer: setTimeout(() => this.#send(key), this.#waitMs) }
    this.#groups.set(key, group)
    return group
  }

  #send(key: string): void {
    const group = this.#groups.get(key)
    this.#groups.delete(key)
    clearTimeout(group?.timer)
    // Whoever has given up has been told so.
    const waiting = group?.waiting.filter(({ asked }) => !asked.signal.aborted) ?? []
    const [first] = waiting
    if (waiting.length === 1) first?.resolve(exchange(first.asked))
    if (waiting.length <= 1) return
    exchangeAll(waiting.map(({ asked }) => asked)).then(
      (answers) => {
        for (const [at, answer] of answers.entries()) waiting[at]?.resolve(answer)
      },
      (error: unknown) => {
        for (const { reject } of waiting) reject(ownOf(error))
      },
    )
  }
}

/** Each caller's own, since what became of its call is added to it. */
function ownOf(error: unknown): unknown {
  return error instanceof LakebaseError ? new LakebaseError(error.code, error.message, error) : error
}

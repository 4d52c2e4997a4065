/** Of no epoch: who asks for it is answered past the server's memory. */
const UNKNOWN = '000000000000-0'
const POSITION = /^([0-9a-f]{12})-(\d{1,15})$/

/** A position that was wanted at some time; the object itself says when. */
export interface Wanted {
  readonly text: string | undefined
}

/**
 * How far answers must at least be current, so that what one has written or seen is never missing from a later answer, whichever instance
 * gives it.
 */
export class Positions {
  #wanted: Wanted = { text: undefined }

  /** What a request that is sent now has to ask for. */
  get wanted(): Wanted {
    return this.#wanted
  }

  /** An answer has said how far it is current. @param asked what its request was sent with @returns false if it has not */
  note(asked: Wanted, given: string): boolean {
    if (!POSITION.test(given)) return false
    this.#take(asked, given)
    return true
  }

  #take(asked: Wanted, given: string): void {
    const now = this.#wanted
    // Nothing has happened since: the answer is as current as was asked.
    if (now === asked && !isBehind(given, now.text)) this.#wanted = { text: given }
    else if (now.text === undefined || isUnknown(now.text)) return
    else if (isUnknown(given) || epochOf(given) !== epochOf(now.text)) this.distrust()
    else if (isBehind(now.text, given)) this.#wanted = { text: given }
  }

  /** Something may have been done, and nobody knows up to where. */
  distrust(): void {
    this.#wanted = { text: UNKNOWN }
  }
}

const isUnknown = (text: string): boolean => epochOf(text) === epochOf(UNKNOWN)
const epochOf = (text: string): string => text.slice(0, 12)
const countOf = (text: string): number => Number(text.slice(13))

/** Within one epoch. */
function isBehind(text: string, other: string | undefined): boolean {
  return other !== undefined && epochOf(text) === epochOf(other) && countOf(text) < countOf(other)
}

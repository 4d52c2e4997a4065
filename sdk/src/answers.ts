/** The last answers to queries, so that the server need only say that they still hold. */
const MAX_ENTRIES = 200
const MAX_CHARACTERS = 4_000_000

interface Held {
  readonly etag: string
  readonly text: string
}

/**
 * Answers by their address, the least wanted forgotten first. They are kept as text, since whoever has one may change it. A validator is
 * the hash of an answer, so what it names is the same for every viewer.
 */
export class Answers {
  readonly #held = new Map<string, Held>()
  #characters = 0

  get(url: string): Held | undefined {
    const held = this.#held.get(url)
    if (held) {
      this.#held.delete(url)
      this.#held.set(url, held)
    }
    return held
  }

  set(url: string, held: Held): void {
    this.#delete(url)
    if (held.text.length > MAX_CHARACTERS / 4) return
    this.#held.set(url, held)
    this.#characters += url.length + held.text.length
    for (const [oldest] of this.#held) {
      if (this.#held.size <= MAX_ENTRIES && this.#characters <= MAX_CHARACTERS) return
      this.#delete(oldest)
    }
  }

  #delete(url: string): void {
    const held = this.#held.get(url)
    if (!held) return
    this.#held.delete(url)
    this.#characters -= url.length + held.text.length
  }
}

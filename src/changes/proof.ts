/**
 * What reading relies on (tables, policies, rights) is looked up, and then relied on; the feed says when it may have
 * changed. A look counts if the feed has said the same before it began and after it ended.
 */
export class Proof {
  readonly #prove: () => Promise<void>
  #proven: string | undefined
  #looked: string | undefined
  #looking = false

  /** @param prove looks everything up anew */
  constructor(prove: () => Promise<void>) {
    this.#prove = prove
  }

  /**
   * Whether what was looked up is of this version of authorization. If not, it is looked up, and `onLooked` called.
   * @returns `new`: only since now
   */
  of(version: string, onLooked: () => void): 'yes' | 'new' | 'no' {
    if (this.#looking) return 'no'
    if (version === this.#proven) return 'yes'
    if (version === this.#looked) {
      this.#proven = version
      return 'new'
    }
    void this.#look(version, onLooked)
    return 'no'
  }

  /** Never rejects: `prove` goes on until it works. */
  async #look(version: string, onLooked: () => void): Promise<void> {
    this.#looking = true
    // What it finds replaces what was found for the version before, should that come back.
    this.#proven = undefined
    this.#looked = undefined
    await this.#prove()
    this.#looked = version
    this.#looking = false
    onLooked()
  }
}

/** A deliberate mistake: a small patch of `src/`, called by the invariant of `docs/coherence.md` that it breaks. */
export interface Variant {
  readonly name: string
  readonly file: string
  readonly from: string
  readonly to: string
  /** Tests that must fail with it; by default the checker. */
  readonly caughtBy?: string
}

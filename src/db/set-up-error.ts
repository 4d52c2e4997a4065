/** Something that the app needs at its start isn't as it must be, and who may mend it can be told how. */
export class SetUpError extends Error {
  override readonly name = 'SetUpError'
  /** What is wrong, fit for anybody's eyes. */
  readonly publicReason: string
  /** SQL, or what else to do. */
  readonly mend: string

  constructor(publicReason: string, mend: string, cause?: unknown) {
    super(publicReason, { cause })
    this.publicReason = publicReason
    this.mend = mend
  }
}

/** One thing that is wrong with a bundle. */
export interface Finding {
  /** File and path in it: `resources/app.yml: resources.apps.api.config.env[0]`. */
  readonly where: string
  readonly problem: string
  /** What to do about it. */
  readonly mend: string
}

/** What a look at one thing has shown, for whoever sets the app up. */
export interface Check {
  readonly what: string
  /** `note`: worth knowing, and perhaps meant so. `unknown`: it couldn't be looked at. */
  readonly state: 'ok' | 'note' | 'wrong' | 'unknown'
  readonly found: string
  /** SQL, a line of YAML, a command: what mends it. */
  readonly mend?: string
}

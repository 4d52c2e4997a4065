import { hedged } from '../kernel/hedged.ts'
import { type ServicePrincipal, type Workspace, WorkspaceError } from '../workspace/index.ts'
import { createRefreshed, type Refreshed } from './refreshed.ts'

export interface AppPasswordOptions {
  readonly workspace: Workspace
  readonly principal: ServicePrincipal
  /** `projects/…/branches/…/endpoints/…` */
  readonly endpoint: string
  readonly onFailure: (error: unknown) => void
}

/** A call that hangs doesn't hold up the next, which may find the workspace back. */
const HEDGE = { everyMs: 1_000, most: 5 }

/** The password of the app's own role, minted with the app's own token. Connections outlive it: it counts at login only. */
export function createAppPassword({ workspace, principal, endpoint, onFailure }: AppPasswordOptions): Refreshed {
  const token = createRefreshed({
    fetch: () => hedged(() => workspace.tokenOf(principal), HEDGE),
    onFailure: () => undefined,
  })
  return createRefreshed({
    async fetch() {
      const bearer = await token.get()
      try {
        return await hedged(() => workspace.mintCredential(bearer, endpoint), HEDGE)
      } catch (error) {
        if (error instanceof WorkspaceError && error.refused) token.refuse(bearer)
        throw error
      }
    },
    onFailure,
  })
}

/** A password that is a setting, for a plain Postgres. */
export function fixedPassword(value: string): Refreshed {
  return { get: async () => value, refuse: () => undefined }
}

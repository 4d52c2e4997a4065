import { type ServicePrincipal, type Workspace, WorkspaceError } from '../workspace/index.ts'
import { createRefreshed, type Refreshed } from './refreshed.ts'

export interface AppPasswordOptions {
  readonly workspace: Workspace
  readonly principal: ServicePrincipal
  /** `projects/…/branches/…/endpoints/…` */
  readonly endpoint: string
  readonly onFailure: (error: unknown) => void
}

/** The password of the app's own role, minted with the app's own token. Connections outlive it: it counts at login only. */
export function createAppPassword({ workspace, principal, endpoint, onFailure }: AppPasswordOptions): Refreshed {
  const token = createRefreshed({ fetch: () => workspace.tokenOf(principal), onFailure: () => undefined })
  return createRefreshed({
    async fetch() {
      const bearer = await token.get()
      try {
        return await workspace.mintCredential(bearer, endpoint)
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

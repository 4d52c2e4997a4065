import { listen } from '../../local/platform/listen.ts'
import { createTokens, type Persona } from '../../local/platform/personas.ts'
import { minterFor } from '../../local/platform/platform.ts'
import { createWorkspaceApi, type Fault } from '../../local/platform/workspace.ts'
import type { TestServer } from './test-server.ts'

export interface TestPlatformOptions {
  /** What the workspace does wrong from the beginning, by path. */
  readonly faults?: readonly (readonly [string, Fault])[]
  /** How long minted passwords hold. */
  readonly credentialMs?: number
  /** Who has a token, in place of the platform's personas. */
  readonly personas?: readonly Persona[]
}

/** The workspace's side of the platform. */
export async function startPlatform(
  server: Pick<TestServer, 'host' | 'port' | 'logins'>,
  { faults: given = [], credentialMs, personas }: TestPlatformOptions,
) {
  const tokens = createTokens(personas)
  const faults = new Map(given)
  const minted: string[] = []
  const mint = async (role: string) => {
    const credential = await minterFor(server, server.logins.postgres, credentialMs)(role)
    // That of one of many test viewers is its name, which is no secret.
    if (credential && credential.token !== role) minted.push(credential.token)
    return credential
  }
  const api = createWorkspaceApi({ tokens, faults, mint })
  let calls = 0
  const { server: listening, port } = await listen((request, response) => {
    calls++
    api(request, response)
  })
  return { tokens, faults, minted, server: listening, workspaceUrl: `http://127.0.0.1:${port}`, calls: () => calls }
}

import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { inject } from 'vitest'

const [SECRETS, OUTPUTS] = ['secrets.txt', 'outputs.txt']
/** What tokens, minted passwords and client secrets of the local platform look like. */
const LIKE_A_SECRET = /[A-Za-z0-9_-]{32,}/g

/** Notes what must be in nothing that anybody can read. */
export function noteSecrets(secrets: readonly string[]): void {
  const wrong = secrets.filter((secret) => secret.match(LIKE_A_SECRET)?.[0] !== secret)
  if (wrong.length > 0) throw new Error('there is a secret that would not be found')
  appendFileSync(join(inject('server').folder, SECRETS), secrets.map((secret) => `${secret}\n`).join(''))
}

/** Notes what somebody could read: an answer, an observation with all that hangs on it, what a process wrote. */
export function noteOutput(output: unknown): void {
  const text = typeof output === 'string' ? output : inspect(output, { depth: 12, maxStringLength: 100_000 })
  const found = text.match(LIKE_A_SECRET) ?? []
  appendFileSync(join(inject('server').folder, OUTPUTS), found.map((each) => `${each}\n`).join(''))
}

/** After all tests: fails the run if any secret was in any output, or in one of the log files. */
export function refuseLeaks(folder: string, logFiles: readonly string[]): void {
  const [secrets, outputs] = [SECRETS, OUTPUTS].map((name) => linesOf(join(folder, name)))
  const written = logFiles.flatMap((file) => readFileSync(file, 'utf8').match(LIKE_A_SECRET) ?? [])
  const secret = new Set(secrets)
  const leaks = [...(outputs ?? []), ...written].filter((each) => secret.has(each))
  process.stdout.write(
    `Secrets: ${secret.size}, in ${(outputs?.length ?? 0) + written.length} words that look like one: ${leaks.length}\n`,
  )
  if (leaks.length === 0) return
  process.exitCode = 1
  throw new Error(`${leaks.length} outputs of this run contain a token, a minted password or a client secret`)
}

function linesOf(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []
}

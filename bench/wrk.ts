import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Load, Measured } from './load.ts'

/**
 * Sends as much as can be by wrk, on the core of whoever calls. It takes a fraction of the time that a generator in Node does, so that it waits
 * for every server and none waits for it: a server that is as fast as its client is measured with a client that never sleeps, and a slower one
 * pays for waking it.
 */
export async function sendByWrk(load: Load): Promise<Measured> {
  if (!Number.isInteger(load.seconds)) throw new Error(`wrk takes whole seconds, and not ${load.seconds}`)
  const folder = mkdtempSync(join(tmpdir(), 'lakebase-graphql-wrk-'))
  try {
    const script = join(folder, 'load.lua')
    writeFileSync(script, scriptOf(load))
    const { origin } = new URL(load.url)
    const scale = ['-t', '1', '-c', String(load.connections), '-d', `${load.seconds}s`, '--timeout', '30s']
    const printed = await run('wrk', [...scale, '-s', script, origin])
    return JSON.parse(printed.slice(printed.lastIndexOf('\n{')))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Requests are sent in turn, and are made before the first is sent. */
function scriptOf({ url, method, headers, bodies, each }: Load): string {
  const { pathname, search } = new URL(url)
  const requests = bodies.map((body, index) => {
    const fields = Object.entries({ ...headers, ...each?.[index] }).map(
      ([name, value]) => `[${lua(name)}]=${lua(value)}`,
    )
    const sent = method === 'GET' ? 'nil' : lua(body)
    return `wrk.format(${lua(method ?? 'POST')}, ${lua(pathname + search)}, {${fields.join(',')}}, ${sent})`
  })
  return `
local all, turn = {}, 0
function init()
${requests.map((request) => `  all[#all + 1] = ${request}`).join('\n')}
end
function request()
  turn = turn % #all + 1
  return all[turn]
end
function done(all, latency)
  local e = all.errors
  io.write(string.format('\\n{"perSecond":%f,"requests":%d,"p50Ms":%f,"p99Ms":%f,"failures":%d}', all.requests * 1e6 / all.duration,
    all.requests, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, e.connect + e.read + e.write + e.status + e.timeout))
end
`
}

/** As a string of Lua. */
function lua(text: string): string {
  const bytes = [...Buffer.from(text)].map((byte) =>
    byte >= 32 && byte < 127 && byte !== 34 && byte !== 92
      ? String.fromCharCode(byte)
      : `\\${String(byte).padStart(3, '0')}`,
  )
  return `"${bytes.join('')}"`
}

function run(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const printed: Buffer[] = []
    child.stdout.on('data', (piece: Buffer) => printed.push(piece))
    child.on('error', (cause) => reject(new Error('the bench needs wrk: apt-get install wrk', { cause })))
    child.on('close', (code) => {
      const text = Buffer.concat(printed).toString()
      if (code === 0) resolve(text)
      else reject(new Error(`wrk ended with code ${code}: ${text}`))
    })
  })
}

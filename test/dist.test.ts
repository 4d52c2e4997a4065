import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { freePort } from '../local/free-port.ts'
import { createFrontProxy } from '../local/platform/front-proxy.ts'
import { closeServer, listen } from '../local/platform/listen.ts'
import { buildDistribution, type Distribution } from './support/distribution.ts'
import { platformEnvironment } from './support/platform-environment.ts'
import { post } from './support/post.ts'
import type { Started } from './support/process.ts'
import { startTestApp, type TestApp, untilLive, untilReady } from './support/test-app.ts'

const WATCH_NETWORK = join(import.meta.dirname, 'support', 'watch-network.mjs')

let dist: Distribution
let app: TestApp
beforeAll(async () => {
  dist = buildDistribution()
  app = await startTestApp()
})
afterAll(async () => {
  await app.close()
  dist.remove()
})

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(folder, name)).isFile())

describe('what is built', () => {
  it('is below the platform’s limit for a file, has source maps, and brings nothing to install or to build', () => {
    const sizes = filesOf(dist.folder).map((name) => statSync(join(dist.folder, name)).size)
    expect(Math.max(...sizes)).toBeLessThan(10 * 1024 * 1024)
    const { sources }: { sources: string[] } = JSON.parse(readFileSync(join(dist.folder, 'main.js.map'), 'utf8'))
    expect(sources.some((source) => source.endsWith('src/main.ts'))).toBe(true)
    const { scripts, ...rest } = JSON.parse(readFileSync(join(dist.folder, 'package.json'), 'utf8'))
    expect(Object.keys(rest).filter((key) => /dependencies/i.test(key))).toEqual([])
    expect(scripts).not.toHaveProperty('build')
  })

  it('has nothing of local/ and of the tests in it, and no path of the machine that built it', () => {
    for (const name of filesOf(dist.folder).filter((file) => /\.js(\.map)?$/.test(file))) {
      const text = readFileSync(join(dist.folder, name), 'utf8')
      expect(/createFrontProxy|startPostgres/.test(text)).toBe(false)
      expect(text.includes(join(import.meta.dirname, '..'))).toBe(false)
      const sources: string[] = name.endsWith('.map') ? JSON.parse(text).sources : []
      expect(sources.filter((source) => !/^(src|node_modules)\/|^\0?rolldown/.test(source))).toEqual([])
    }
  })

  it('keeps GraphiQL apart until somebody wants it', () => {
    const scripts = filesOf(dist.folder).filter((name) => /^[^/]+\.js$/.test(name))
    const large = scripts.filter((name) => statSync(join(dist.folder, name)).size > 4_000_000)
    expect(large).toHaveLength(1)
    const loads = scripts.flatMap((name) => {
      const text = readFileSync(join(dist.folder, name), 'utf8')
      return text.split('\n').filter((line) => line.includes(`"./${large}"`))
    })
    expect(loads).toHaveLength(1)
    expect(loads[0]).toContain('await import(')
  })

  it('names the licence of every package in it', () => {
    const text = readFileSync(join(dist.folder, 'THIRD-PARTY-LICENSES.txt'), 'utf8')
    for (const name of ['graphql ', 'graphql-yoga ', '@pothos/core ', 'pg ', 'node-pg-migrate ', 'zod ', 'pino ']) {
      expect(text).toMatch(new RegExp(`^${name}\\d+\\.\\d+\\.\\d+: (MIT|ISC|Apache-2.0)$`, 'm'))
    }
  })
})

describe('started as the platform does, by a user without rights, from read-only files', () => {
  const running: Started[] = []
  afterAll(async () => {
    for (const { child } of running) child.kill('SIGKILL')
    await Promise.all(running.map(({ ended }) => ended))
  })
  const runOn = async (port: number, how = (env: Record<string, string>) => dist.run(env)) => {
    const started = how(platformEnvironment(app, port))
    running.push(started)
    await untilLive(`http://127.0.0.1:${port}`)
    return started
  }

  it('without any setting it stops with one message that lists all that is missing', async () => {
    const { ended, output } = dist.run({})
    expect(await ended).toBe(1)
    for (const name of ['PGHOST', 'PGDATABASE', 'PGUSER', 'DATABRICKS_HOST', 'LAKEBASE_ENDPOINT']) {
      expect(output()).toContain(`  - ${name}`)
    }
    expect(output()).not.toContain('    at ')
  })

  it('answers each viewer by their own rows, shows GraphiQL, and calls nobody but Postgres and the workspace', async () => {
    const port = await freePort()
    const command = ['--import', WATCH_NETWORK, '--enable-source-maps', 'main.js']
    const { child, ended, output, log } = await runOn(port, (env) => dist.runScript(command, env))
    await untilReady(`http://127.0.0.1:${port}`)
    const front = await listen(createFrontProxy({ appPort: port, tokens: app.tokens, defaultPersona: app.alice }))
    const url = `http://127.0.0.1:${front.port}`
    const document = '{ viewer { name } trips(first: 2) { nodes { fare } } holidayRequests { nodes { employeeName } } }'
    for (const [persona, name] of [
      ['alice@example.com', 'Alice'],
      ['bob@example.com', 'Bob'],
    ] as const) {
      const [ours, theirs] = await Promise.all([post(url, document, {}, persona), app.query(document, {}, persona)])
      expect(ours.data.viewer.name).toBe(name)
      expect(ours.data).toEqual(theirs.data)
    }
    const page = await (await fetch(`${url}/api/graphql`, { headers: { accept: 'text/html' } })).text()
    const script = /src="([^"]+\.js)"/.exec(page)?.[1] ?? ''
    expect((await (await fetch(`${url}${script}`)).text()).length).toBeGreaterThan(1_000_000)
    await closeServer(front.server)
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    const called = /called: (.*)/.exec(output())?.[1]?.split(' ') ?? []
    const allowed = [new URL(app.workspaceUrl).host, `127.0.0.1:${inject('server').port}`]
    expect(new Set(called)).toEqual(new Set(allowed))
    expect(log().filter(({ level }) => Number(level) > 40)).toEqual([])
  })
})

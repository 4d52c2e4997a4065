import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Command, createNpmStart, type NpmStart } from '../test/support/npm-start.ts'
import { until } from '../test/support/test-app.ts'
import { freePort } from './free-port.ts'

let npm: NpmStart
let current: Command | undefined
beforeAll(async () => {
  npm = await createNpmStart()
})
afterAll(() => npm.close())

async function startAndWait(...args: string[]): Promise<Command> {
  current = await npm.start(...args)
  return current
}

/** Command lines of processes that have to do with this start. */
function leftovers(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return (
          readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') +
          readFileSync(`/proc/${pid}/environ`, 'utf8')
        )
      } catch {
        return '' // it has ended meanwhile
      }
    })
    .filter((text) => text.includes(npm.state))
}

describe('npm start', () => {
  it('gives a working API with a banner that says all one needs', async () => {
    const { output } = await startAndWait()
    for (const said of [
      `http://localhost:${npm.port}/api/graphql`,
      'alice@example.com',
      'X-Persona',
      'curl',
      '--fresh',
      'npm run sql',
    ]) {
      expect(output()).toContain(said)
    }
    const body = /-d '(.*)'/.exec(output())?.[1] ?? ''
    const data = await npm.query(JSON.parse(body).query)
    expect(data.trips.nodes).toHaveLength(3)
  })

  it('says it when it runs already, or its port is taken', async () => {
    const second = npm.run('start.ts')
    expect(await second.ended).toBe(1)
    expect(second.output()).toContain('It is running already')
    const taken = await freePort()
    const holder = createServer().listen(taken, '127.0.0.1')
    const other = mkdtempSync(join(tmpdir(), 'lakebase-graphql-other-'))
    const third = npm.run('start.ts', [], { PORT: String(taken), LOCAL_STATE: other })
    expect(await third.ended).toBe(1)
    expect(third.output()).toContain(
      `Port ${taken} is taken by another program. Choose another one: PORT=${taken + 1} npm start`,
    )
    holder.close()
    rmSync(other, { recursive: true, force: true })
  })

  it('goes with npm run sql and npm run sync: the guide’s three trips come first', async () => {
    const insert = npm.run('sql.ts', [
      `insert into lakehouse.taxi_trips select n, '2016-03-01Z'::timestamptz + n * interval '1 min', '2016-03-01Z'::timestamptz + n * interval '2 min', 2.5, 12, 10001, 10002 from generate_series(21933, 21935) n`,
    ])
    expect([await insert.ended, insert.output()]).toEqual([0, '(INSERT 3)\n'])
    const sync = npm.run('sync.ts', ['taxi.trips_synced'])
    expect(await sync.ended).toBe(0)
    expect(sync.output()).toContain('21935 rows in')
    const { trips } = await npm.query('{ trips(first: 4) { nodes { tripId } } }')
    expect(trips.nodes.map(({ tripId }: { tripId: string }) => tripId)).toEqual(['21935', '21934', '21933', '21932'])
  })

  it('killed with -9 leaves nothing running', async () => {
    current?.child.kill('SIGKILL')
    await until(() => leftovers().length === 0, 15_000)
  })

  it('starts again with its data, as another persona', async () => {
    const { output } = await startAndWait('--as', 'bob@example.com')
    const { trips } = await npm.query('{ trips(first: 1) { nodes { tripId } } }')
    expect(trips.nodes).toEqual([{ tripId: '21935' }])
    expect(output()).toMatch(/bob@example.com +employee, reports to alice +<- you/)
  })

  it('on Ctrl-C ends everything, with code 0', async () => {
    current?.child.kill('SIGINT')
    expect([await current?.ended, current?.output()]).toEqual([0, expect.not.stringContaining('ended by itself')])
    await until(() => leftovers().length === 0, 5_000)
  })

  it('interrupted at any moment of its start ends everything, with code 0', async () => {
    for (const afterMs of [250, 450, 650, 850, 1_050, 1_250]) {
      const started = npm.run('start.ts')
      await sleep(afterMs)
      const heard = started.output().includes('Starting')
      started.child.kill('SIGINT')
      const code = await started.ended
      // Before it has said its first word, Node itself ends on the signal.
      if (heard)
        expect([code, started.output()]).toEqual([0, expect.stringContaining('Stopped. Nothing is left running')])
      await until(() => leftovers().length === 0, 5_000)
    }
  })

  it('twice at the same moment starts once', async () => {
    const other = await freePort()
    const both = [npm.run('start.ts'), npm.run('start.ts', [], { PORT: String(other) })]
    const banner = (each: Command) => each.output().includes('Ctrl-C stops everything')
    await until(() => both.some(banner), 30_000)
    const loser = both.find((each) => !banner(each))
    expect(await loser?.ended).toBe(1)
    expect(loser?.output()).toMatch(/It is (being started|running) already/)
    for (const each of both) each.child.kill('SIGTERM')
    for (const each of both) await each.ended
  })

  it('begins anew with --fresh', async () => {
    await startAndWait('--fresh')
    const { trips } = await npm.query('{ trips(first: 1) { nodes { tripId } } }')
    expect(trips.nodes).toEqual([{ tripId: '21932' }])
  })

  it.each(['DATABRICKS_APP_NAME', 'DATABRICKS_CLIENT_ID'])(
    'refuses to play the platform where %s is set',
    async (name) => {
      const refused = npm.run('start.ts', [], { [name]: 'x' })
      expect(await refused.ended).toBe(1)
      expect(refused.output()).toContain('The local platform does not start where')
    },
  )

  it('uses a Postgres of one’s own where PGHOST is set, and says what else that needs', async () => {
    const own = npm.run('start.ts', [], { PGHOST: 'db.example.com' })
    expect(await own.ended).toBe(1)
    expect(own.output()).toContain('PGUSER is missing')
  })

  it('names the personas there are when asked for another', async () => {
    const wrong = npm.run('start.ts', ['--as', 'mallory@example.com'])
    expect(await wrong.ended).toBe(1)
    expect(wrong.output()).toContain('There are: alice@example.com, bob@example.com')
  })
})

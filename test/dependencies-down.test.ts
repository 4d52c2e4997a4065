import { createConnection, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, inject, it } from 'vitest'
import { freePort } from '../local/free-port.ts'
import { CREDENTIALS, type Fault, TOKEN } from '../local/platform/workspace.ts'
import { type FaultyProxy, startFaultyProxy } from './support/faulty-proxy.ts'
import { startTestApp, type TestApp, type TestAppOptions, until, untilReady } from './support/test-app.ts'

const TRIPS = '{ trips(first: 1) { nodes { id } } }'
/** From the return of what was down, until the app is ready by itself: two seconds, and as much again since all of these start at once. */
const RETURN_MS = 4_000
/** Long enough for tries to have become as rare as they get, and for some to hang. */
const DOWN_MS = 3_300
/** Longer than any try may take, and so long that tries which went on doubling their pauses would come too late. */
const LONG_DOWN_MS = 8_200
const closing: (() => Promise<void> | void)[] = []
// At the end: several tests run at once.
afterAll(async () => {
  for (let close = closing.pop(); close; close = closing.pop()) await close()
})

async function startUnready(options: TestAppOptions): Promise<TestApp> {
  const app = await startTestApp({ ...options, unready: true })
  closing.push(app.close)
  return app
}

async function throughProxy(fault: (proxy: FaultyProxy) => void, more: Record<string, string> = {}) {
  const proxy = await startFaultyProxy(inject('server').port)
  closing.push(() => proxy.close())
  fault(proxy)
  return { proxy, app: await startUnready({ environment: { PGPORT: String(proxy.port), ...more } }) }
}

/** Live, not ready, and says why; reads are refused with when to come back. */
async function expectWaiting(app: TestApp, why: RegExp): Promise<void> {
  expect((await fetch(`${app.appUrl}/api/live`)).status).toBe(200)
  const ready = await fetch(`${app.appUrl}/api/ready`)
  const { missing } = await ready.json()
  expect([ready.status, ready.headers.get('retry-after')]).toEqual([503, '1'])
  expect(missing).toEqual([{ what: 'database', why: expect.stringMatching(why) }])
}

async function expectReadySoon(app: TestApp): Promise<void> {
  const back = performance.now()
  await untilReady(app.appUrl)
  expect(performance.now() - back).toBeLessThan(RETURN_MS)
  await until(async () => (await app.query(TRIPS)).errors === undefined)
}

describe.concurrent('an app that starts while', () => {
  it.each<[string, string, Fault, RegExp]>([
    ['the workspace answers 503', TOKEN, { status: 503 }, /the workspace answered 503/],
    ['credentials can’t be minted', CREDENTIALS, { status: 500 }, /answered 500 when asked for a database credential/],
    ['its client secret has expired', TOKEN, { status: 401 }, /answered 401 when asked for the app’s own token/],
    [
      'the workspace hangs',
      CREDENTIALS,
      { delayMs: 60_000 },
      /^the app is starting, and waits for an answer of the workspace$/,
    ],
  ])('%s is live, says why, and is ready soon after that is over', async (_what, path, fault, why) => {
    const app = await startUnready({ faults: [[path, fault]] })
    await sleep(DOWN_MS)
    await expectWaiting(app, why)
    app.faults.clear()
    await expectReadySoon(app)
  })

  it('the workspace gives no token for long is ready soon after it does', async () => {
    const app = await startUnready({ faults: [[TOKEN, { delayMs: 60_000 }]] })
    await sleep(LONG_DOWN_MS)
    await expectWaiting(app, /waits for an answer of the workspace$|workspace can’t be reached$/)
    app.faults.clear()
    await expectReadySoon(app)
  })

  it('nobody listens at DATABRICKS_HOST is live, says why, and is ready soon after somebody does', async () => {
    const port = await freePort()
    const app = await startUnready({ environment: { DATABRICKS_HOST: `http://127.0.0.1:${port}` } })
    await sleep(DOWN_MS)
    await expectWaiting(app, /the workspace can’t be reached/)
    const target = Number(new URL(app.workspaceUrl).port)
    const workspace = createServer((socket) => socket.pipe(createConnection(target, '127.0.0.1')).pipe(socket))
    closing.push(() => void workspace.close())
    await new Promise<void>((resolve) => workspace.listen(port, '127.0.0.1', resolve))
    await expectReadySoon(app)
  })

  it('Postgres refuses is live, says why, and is ready soon after it doesn’t', async () => {
    const { proxy, app } = await throughProxy((faulty) => faulty.refuse())
    await sleep(DOWN_MS)
    await expectWaiting(app, /^Postgres can’t be reached$/)
    proxy.heal()
    await expectReadySoon(app)
  })

  it.each([
    [DOWN_MS, '40'],
    [LONG_DOWN_MS, '40'],
    // As few connections as there may be.
    [2_400, '3'],
    [LONG_DOWN_MS, '3'],
  ])(
    'Postgres answers nothing for %i ms is live, says why, and is ready soon after it answers (of %s connections)',
    async (downMs, max) => {
      const { proxy, app } = await throughProxy((faulty) => faulty.swallow(), { DB_MAX_CONNECTIONS: max })
      await sleep(downMs)
      await expectWaiting(app, /^the app is starting, and waits for an answer of Postgres$|^Postgres can’t be reached$/)
      proxy.heal()
      await expectReadySoon(app)
    },
  )

  it.each([
    ['the database isn’t there', { PGDATABASE: 'nowhere' }, /^there is no such database \(SQLSTATE 3D000\)$/],
    [
      'its role isn’t there',
      { PGUSER: 'nobody', PGPASSWORD: 'x' },
      /^Postgres refuses the app’s login \(SQLSTATE 28P01\)$/,
    ],
    ['Postgres speaks no TLS', { PGSSLMODE: 'require' }, /^Postgres speaks no TLS; see PGSSLMODE$/],
  ])('%s is live and says so', async (_what, environment, why) => {
    const app = await startUnready({ environment })
    await until(async () => !(await (await fetch(`${app.appUrl}/api/ready`)).text()).includes('is starting'))
    await expectWaiting(app, why)
  })
})

it('a Lakebase that sleeps is woken by the next read, which waits for it', async () => {
  const { proxy, app } = await throughProxy(() => undefined)
  await untilReady(app.appUrl)
  expect((await app.query(TRIPS)).status).toBe(200)
  proxy.wakeFor(1_000)
  proxy.reset()
  const began = performance.now()
  const { status, errors } = await app.query(TRIPS)
  expect([status, errors]).toEqual([200, undefined])
  expect(performance.now() - began).toBeLessThan(3_000)
})

describe('Postgres that says what nobody can read', () => {
  const message = (type: string, ...body: number[]): Buffer => {
    const length = Buffer.alloc(4)
    length.writeInt32BE(4 + body.length)
    return Buffer.concat([Buffer.from(type), length, Buffer.from(body)])
  }
  const NONSENSE = [
    ['a login by GSS', message('R', 0, 0, 0, 7)],
    ['a way to log in that there isn’t', message('R', 0, 0, 0, 99)],
    ['a row that breaks off', message('D', 0, 3, 0, 0)],
    ['a description that breaks off', message('T', 0, 9, 65)],
    ['an error that has no end', message('E', 0x53)],
    ['a notice that has no end', message('N', 0x53, 0x6d)],
  ] as const

  it.each(NONSENSE)('%s, ends a connection and not the process', async (_what, bytes) => {
    const { proxy, app } = await throughProxy((faulty) => faulty.garble(bytes))
    await untilReady(app.appUrl)
    expect((await app.query(TRIPS)).errors).toBeUndefined()
    proxy.garble(bytes)
    await until(async () => (await app.query(TRIPS)).errors === undefined)
    expect((await fetch(`${app.appUrl}/api/live`)).status).toBe(200)
  })
})

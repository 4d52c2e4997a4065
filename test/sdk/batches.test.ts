import type { RequestListener } from 'node:http'
import { json as bodyOf } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { closeServer, listen } from '../../local/platform/listen.ts'
import { findPersona } from '../../local/platform/personas.ts'
import { type ClientOptions, createClient, LakebaseError } from '../../sdk/src/index.ts'
import { createProxy } from '../../sdk/src/proxy/index.ts'
import { dayAhead } from '../support/holiday-mutations.ts'
import { clientOf, recording } from '../support/sdk.ts'
import { startTestApp, type TestApp } from '../support/test-app.ts'
import { operations as own } from './own-documents/index.ts'

let app: TestApp
const closing: (() => Promise<void>)[] = []
beforeAll(async () => {
  app = await startTestApp({ environment: { PROOF_MS: '1', PROOF_GRACE_MS: '1' } })
})
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})
afterAll(() => app.close())

function batching(options: Partial<ClientOptions> = {}, persona?: string) {
  const { seen, fetch } = recording()
  return { seen, lake: clientOf(app, persona, { fetch, batch: true, ...options }) }
}

/** A server that isn't ours, and a client of it. */
async function serve(listener: RequestListener, options: Partial<ClientOptions> = {}) {
  const { server, port } = await listen(listener)
  closing.push(() => closeServer(server))
  return createClient({ url: `http://127.0.0.1:${port}`, batch: true, retries: 0, ...options })
}
const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'none',
    (error: unknown) => (error instanceof LakebaseError ? error.code : error),
  )

describe('queries that go together', () => {
  it('are one request, and answered as they are one by one', async () => {
    const alone = clientOf(app)
    const { lake, seen } = batching()
    const asked = () =>
      [lake, alone].map((each) =>
        Promise.all([each.viewer(), each.trips({ first: 2 }), each.trips({ first: 3 }), each.campaigns({ first: 1 })]),
      )
    const [together, oneByOne] = await Promise.all(asked())
    expect(together).toEqual(oneByOne)
    expect(seen.map(({ method, status }) => [method, status])).toEqual([['POST', 200]])
    expect(seen[0]?.headers.get('if-none-match')).toBe(null)
  })

  it('are off unless asked for', async () => {
    const { lake, seen } = batching({ batch: false })
    await Promise.all([lake.viewer(), lake.trips({ first: 2 })])
    expect(seen.map(({ method }) => method)).toEqual(['GET', 'GET'])
  })

  it('are no more than there may be; one by itself is a GET, and gets its 304', async () => {
    const { lake, seen } = batching({ batch: { max: 3 } })
    await Promise.all(Array.from({ length: 7 }, (_, at) => lake.trips({ first: 1 + at })))
    await lake.trips({ first: 7 })
    expect(seen.map(({ method, status }) => `${method} ${status}`).toSorted()).toEqual([
      ...['GET 200', 'GET 304', 'POST 200', 'POST 200'],
    ])
    expect(seen.find(({ status }) => status === 304)?.bytes).toBe(0)
  })

  it('wait for others as long as they may', async () => {
    const { lake, seen } = batching({ batch: { waitMs: 100 } })
    const first = lake.viewer()
    await sleep(20)
    await Promise.all([first, lake.trips({ first: 1 })])
    expect(seen).toHaveLength(1)
  })

  it('are small ones: what is long goes by itself, and many long ones don’t become too long together', async () => {
    const { lake, seen } = batching()
    const named = (length: number) => lake.campaigns({ first: 1, filter: { name: 'x'.repeat(length) } })
    const codes = await Promise.all([13_000, 5_000, 5_000, 5_000].map((length) => codeOf(named(length))))
    expect(new Set(codes).size).toBe(1)
    expect(seen.map(({ method }) => method).toSorted()).toEqual(['GET', 'POST', 'POST'])
  })

  it('ask with the variables that they had when they were called', async () => {
    const { lake, seen } = batching()
    const variables = { first: 1 }
    const one = lake.trips(variables)
    variables.first = 2
    const two = lake.trips(variables)
    const late: { zip: object } = { zip: {} }
    const wrong = codeOf(lake.trips({ first: 1, filter: { pickupZip: late as unknown as string } }))
    late.zip = late
    expect([(await one).nodes.length, (await two).nodes.length, await wrong]).toEqual([1, 2, 'BAD_USER_INPUT'])
    expect(seen).toHaveLength(1)
  })

  it('are never a mutation: that goes by itself, with its key', async () => {
    const { lake, seen } = batching({}, 'bob@example.com')
    const [startDate, endDate] = [dayAhead(300), dayAhead(301)]
    await Promise.all([lake.viewer(), lake.createHolidayRequest({ startDate, endDate }), lake.trips({ first: 1 })])
    expect(seen.map(({ method, headers }) => [method, headers.has('idempotency-key')]).toSorted()).toEqual([
      ...[
        ['POST', false],
        ['POST', true],
      ],
    ])
  })

  it('carry the position on, and see what was written before', async () => {
    const { lake, seen } = batching({}, 'bob@example.com')
    const [startDate, endDate] = [dayAhead(310), dayAhead(311)]
    const made = await lake.createHolidayRequest({ startDate, endDate })
    const written = seen.at(-1)?.position
    const [, page] = await Promise.all([lake.viewer(), lake.holidayRequests({ first: 50 })])
    expect(seen.at(-1)?.headers.get('x-min-position')).toBe(written)
    expect(page.nodes.map(({ id }) => id)).toContain(made.__typename === 'HolidayRequest' && made.id)
  })

  it('carry on what they were told', async () => {
    const { lake, seen } = batching()
    await Promise.all([lake.viewer(), lake.trips({ first: 1 })])
    await lake.viewer()
    expect(seen[0]?.position).toMatch(/^[0-9a-f]{12}-\d+$/)
    expect(seen[1]?.headers.get('x-min-position')).toBe(seen[0]?.position)
  })

  it('don’t go with those that were asked for before a write, and needn’t see it', async () => {
    const { lake, seen } = batching({ batch: { waitMs: 500 } }, 'bob@example.com')
    const before = lake.viewer()
    const [startDate, endDate] = [dayAhead(320), dayAhead(321)]
    await lake.createHolidayRequest({ startDate, endDate })
    const written = seen.find(({ method }) => method === 'POST')?.position
    await Promise.all([before, lake.viewer(), lake.trips({ first: 1 })])
    expect(seen.map(({ headers }) => headers.get('x-min-position'))).toEqual([null, null, written])
  })

  it('go with those of the same token alone', async () => {
    const tokens = ['alice@example.com', 'bob@example.com'].map((name) => {
      const persona = findPersona(name)
      return persona ? app.tokens.of(persona) : ''
    })
    const { lake } = batching({ token: () => tokens.shift() ?? '' })
    const names = await Promise.all([lake.viewer(), lake.viewer()])
    expect(names.map(({ name }) => name)).toEqual(['Alice', 'Bob'])
  })

  it('fail each for itself; a document that isn’t registered goes as text with the others', async () => {
    const { lake, seen } = batching()
    const [viewer, wrong, mine] = await Promise.all([
      lake.viewer(),
      codeOf(lake.trips({ first: 100_000 })),
      lake.query(own.cheapTrips, { max: 3 }),
    ])
    expect([viewer.name, wrong, mine.trips.nodes.length]).toEqual(['Alice', 'BAD_USER_INPUT', 2])
    expect(seen).toHaveLength(2)
  })

  it('of callers who leave don’t end for those who stay', async () => {
    const { lake, seen } = batching({ batch: { waitMs: 30 } })
    const leaving = new AbortController()
    const left = codeOf(lake.trips({ first: 1 }, { signal: leaving.signal }))
    const stays = [lake.viewer(), lake.trips({ first: 2 })]
    leaving.abort()
    expect(await left).toBe('ABORTED')
    expect(await Promise.all(stays)).toHaveLength(2)
    expect(seen).toHaveLength(1)
  })

  it('of callers who leave while they are answered don’t end for those who stay', async () => {
    const lake = await serve(async (_, response) => {
      await sleep(200)
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(['a', 'b'].map((name) => ({ data: { viewer: { name } } }))))
    })
    const leaving = new AbortController()
    const left = codeOf(lake.viewer({}, { signal: leaving.signal }))
    const stays = lake.viewer()
    await sleep(80)
    leaving.abort()
    expect(await left).toBe('ABORTED')
    expect((await stays).name).toBe('b')
  })

  it('are all given up when all have left', async () => {
    const closed = Promise.withResolvers<void>()
    const lake = await serve((request) => void request.socket.once('close', () => closed.resolve()))
    const leaving = [new AbortController(), new AbortController()]
    const left = leaving.map(({ signal }) => codeOf(lake.viewer({}, { signal })))
    await sleep(50)
    for (const each of leaving) each.abort()
    expect(await Promise.all(left)).toEqual(['ABORTED', 'ABORTED'])
    await closed.promise
  })

  it('go through a proxy', async () => {
    const proxy = createProxy({ url: app.url, token: () => app.tokens.of(app.alice) })
    const { server, port } = await listen((request, response) => void proxy.node(request, response))
    closing.push(() => closeServer(server))
    const lake = createClient({ url: `http://127.0.0.1:${port}`, batch: true })
    expect((await Promise.all([lake.viewer(), lake.trips({ first: 2 })]))[0].name).toBe('Alice')
  })
})

describe('a batch that isn’t answered as one', () => {
  const answering =
    (body: unknown, status = 200): RequestListener =>
    (_, response) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  const error = (code: string) => ({ errors: [{ message: 'no', extensions: { code } }] })

  it.each<[string, RequestListener, string]>([
    ['one error for all', answering(error('RATE_LIMITED'), 429), 'RATE_LIMITED'],
    ['too few answers', answering([{ data: {} }]), 'BAD_ANSWER'],
    ['too many answers', answering([{ data: {} }, { data: {} }, { data: {} }]), 'BAD_ANSWER'],
    ['one answer for all', answering({ data: { viewer: { name: 'somebody' } } }), 'BAD_ANSWER'],
    ['things that are no answers', answering([1, null]), 'NOT_GRAPHQL'],
    ['nothing', (request) => request.socket.destroy(), 'NETWORK'],
    ['a page', (_, r) => r.writeHead(200, { 'content-type': 'text/html' }).end('<html>'), 'NOT_GRAPHQL'],
  ])('but with %s is an error of each', async (_what, listener, code) => {
    const lake = await serve(listener)
    const errors = await Promise.all(
      [lake.viewer(), lake.viewer()].map((each) => each.then(undefined, (thrown: unknown) => thrown)),
    )
    expect(errors.map((each) => each instanceof LakebaseError && each.code)).toEqual([code, code])
    // A walk says in its own where it has ended.
    expect(errors[0]).not.toBe(errors[1])
  })

  it.each([1, null, { errors: [null] }, { errors: null }])('but with %j for one is that one’s error', async (one) => {
    const lake = await serve(answering([{ data: { viewer: { name: 'x' } } }, one]))
    const [good, wrong] = await Promise.all([lake.viewer(), codeOf(lake.viewer())])
    expect([good.name, wrong]).toEqual(['x', expect.stringMatching(/^(NOT_GRAPHQL|UNKNOWN)$/)])
  })

  it('and can’t wait longer than a try', () => {
    const make = () => createClient({ url: 'http://127.0.0.1:1', batch: { waitMs: 500 }, tryTimeoutMs: 500 })
    expect(make).toThrow('batch.waitMs must be less than tryTimeoutMs')
  })

  it('but cut is tried again, by each', async () => {
    let times = 0
    const listener: RequestListener = async (request, response) => {
      if (times++ === 0) return void request.socket.destroy()
      const asked = request.method === 'POST' ? await bodyOf(request) : {}
      const answer = { data: { viewer: { name: 'x' } } }
      answering(Array.isArray(asked) ? asked.map(() => answer) : answer)(request, response)
    }
    const lake = await serve(listener, { retries: 3 })
    const [one, two] = await Promise.all([lake.viewer(), lake.viewer()])
    expect([one.name, two.name]).toEqual(['x', 'x'])
  })

  it.each<unknown>([
    { wait: 3 },
    'yes',
    null,
    { waitMs: -1 },
    { waitMs: 5_000 },
    { max: 1 },
    { max: 11 },
    { max: 2.5 },
    { waitMs: Number.NaN },
  ])('and options that can’t be are refused at once: %j', (batch) => {
    expect(() => createClient({ url: 'http://127.0.0.1:1', batch: batch as boolean })).toThrow(
      /batch must be true, false,/,
    )
  })
})

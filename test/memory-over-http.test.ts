import { createConnection, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ME } from '../local/platform/workspace.ts'
import { startTestApp, type TestApp, until } from './support/test-app.ts'

/** Whatever is answered from memory is answered as it would be without: the same bytes, limits, log and refusals. */
const [TIMEOUT_MS, PROOF_MS] = [1_500, 1_000]
const PER_SECOND = 200
const SHARED = JSON.stringify({ query: '{ trips(first: 100) { nodes { tripId pickupAt distance fare } } }' })
const isWhole = (headers: string): boolean => headers.includes('; hit; detail="answer"')

let app: TestApp
beforeAll(async () => {
  const times = { REQUEST_TIMEOUT_MS: String(TIMEOUT_MS), PROOF_MS: String(PROOF_MS), PROOF_GRACE_MS: '4000' }
  app = await startTestApp({ environment: { ...times, REQUESTS_PER_SECOND: String(PER_SECOND) } })
})
afterAll(() => app.close())

const tokenOf = (persona: string): string => {
  const found = app.tokens.find(persona)
  if (!found) throw new Error(`there is no ${persona}`)
  return app.tokens.of(found)
}
const ask = (body = SHARED, token = tokenOf('bob@example.com'), headers: Record<string, string> = {}) =>
  fetch(`${app.appUrl}/api/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-access-token': token, ...headers },
    body,
  })

/** Has an answer be in memory: other tests change roles now and then, which forgets everything. */
async function warm(token?: string, body = SHARED): Promise<string> {
  for (const deadline = performance.now() + 10_000; performance.now() < deadline; await sleep(5)) {
    const answer = await ask(body, token)
    const text = await answer.text()
    if (isWhole(answer.headers.get('cache-status') ?? '')) return text
  }
  throw new Error('no whole answer came from memory')
}

interface Raw {
  readonly status: number
  readonly headers: string
  readonly body: string
}

/** A connection to the app itself, to write on what no HTTP client would. */
function connect() {
  const socket: Socket = createConnection(Number(new URL(app.appUrl).port), '127.0.0.1')
  let received = ''
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1')
  })
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()))
  socket.on('error', () => undefined)
  const take = (): Raw | undefined => {
    const [, headers = '', rest] = /^(.*?)\r\n\r\n(.*)$/s.exec(received) ?? []
    const length = Number(/content-length: (\d+)/i.exec(headers)?.[1])
    if (rest === undefined || rest.length < length) return undefined
    received = rest.slice(length)
    return { status: Number(headers.split(' ')[1]), headers, body: rest.slice(0, length) }
  }
  return {
    socket,
    closed,
    async next(): Promise<Raw> {
      let found: Raw | undefined
      await until(() => {
        found ??= take()
        return found !== undefined
      }, 3_000)
      if (!found) throw new Error('nothing came')
      return found
    },
  }
}

const head = (fields: readonly string[], path = '/api/graphql'): string =>
  [
    `POST ${path} HTTP/1.1`,
    'Host: x',
    'Content-Type: application/json',
    `X-Forwarded-Access-Token: ${tokenOf('bob@example.com')}`,
    ...fields,
    '',
    '',
  ].join('\r\n')
const withLength = (body: string, ...fields: string[]): string =>
  head([`Content-Length: ${Buffer.byteLength(body)}`, ...fields])

describe('a request that memory answers', () => {
  it('may come in pieces, soon, late or chunked', async () => {
    const whole = await warm()
    const { socket, next } = connect()
    for (const [before, between] of [
      [0, 0],
      [30, 30],
      [450, 0],
      [30, 450],
    ] as const) {
      socket.write(withLength(SHARED))
      await sleep(before)
      socket.write(SHARED.slice(0, 20))
      await sleep(between)
      socket.write(SHARED.slice(20))
      const { status, body } = await next()
      expect([before, between, status, body === whole]).toEqual([before, between, 200, true])
    }
    socket.write(head(['Transfer-Encoding: chunked']))
    for (const part of [SHARED.slice(0, 9), SHARED.slice(9)]) {
      socket.write(`${part.length.toString(16)}\r\n${part}\r\n`)
      await sleep(20)
    }
    socket.write('0\r\n\r\n')
    expect((await next()).body).toBe(whole)
    socket.destroy()
  })

  it('may be sent before the one before it has been answered: answers come in their order', async () => {
    const whole = await warm()
    const { socket, next } = connect()
    const miss = (n: number): string => JSON.stringify({ query: `{ trips(first: 2) { nodes { tripId } } } # ${n}` })
    const kinds = Array.from({ length: 40 }, (_, index) => (['hit', 'miss', 'wrong'] as const)[index % 3] ?? 'hit')
    const bodies = kinds.map((kind, index) => ({ hit: SHARED, miss: miss(index), wrong: '{"query":' })[kind])
    socket.write(bodies.map((body, index) => `${withLength(body, `X-Request-Id: n${index}`)}${body}`).join(''))
    for (const [index, kind] of kinds.entries()) {
      const { status, headers, body } = await next()
      expect(headers).toMatch(new RegExp(`x-request-id: n${index}\r?$`, 'im'))
      expect([kind, status]).toEqual([kind, kind === 'wrong' ? 400 : 200])
      if (kind === 'hit') expect(body === whole).toBe(true)
    }
    socket.destroy()
  })

  it('whose client leaves in the middle of it is given up, and said so', async () => {
    const { socket } = connect()
    const id = 'left-early'
    socket.write(`${withLength(SHARED, `X-Request-Id: ${id}`)}{"quer`)
    await sleep(50)
    socket.destroy()
    await until(() => app.seen.some((each) => each.event === 'request' && each.requestId === id && each.status === 499))
  })

  it('whose reader takes nothing of the answer is cut', async () => {
    const large = JSON.stringify({
      query: '{ trips(first: 500) { nodes { tripId pickupAt dropoffAt distance fare } } }',
    })
    await sleep(2_100) // for as many at once as may be
    const { length } = await warm(undefined, large)
    const { socket, closed } = connect()
    const times = Math.min(2 * PER_SECOND - 50, Math.ceil(16_000_000 / length))
    socket.pause()
    socket.write(`${withLength(large)}${large}`.repeat(times))
    await sleep(TIMEOUT_MS + 2_500)
    socket.resume()
    await closed
    // What the system had taken from the app by then still comes.
    expect(socket.bytesRead).toBeLessThan(times * length)
  })
})

describe('limits of what memory answers', () => {
  it('so many a second for each viewer: 429 beyond, with or without memory, and nobody else is', async () => {
    await warm()
    await warm(tokenOf('carol@example.com'))
    const { socket, next } = connect()
    const began = performance.now()
    const sent = 4 * PER_SECOND
    socket.write(`${withLength(SHARED)}${SHARED}`.repeat(sent))
    const answers: Raw[] = []
    while (answers.length < sent) answers.push(await next())
    const most = (2 + (performance.now() - began) / 1_000) * PER_SECOND
    socket.destroy()
    const [good, refused] = [200, 429].map((wanted) => answers.filter(({ status }) => status === wanted))
    expect((good?.length ?? 0) + (refused?.length ?? 0)).toBe(sent)
    expect(good?.length).toBeLessThanOrEqual(most + 1)
    expect(good?.length).toBeGreaterThanOrEqual(PER_SECOND)
    for (const { headers, body } of refused ?? []) {
      expect(headers).toMatch(/^retry-after: 1\r?$/im)
      expect(body).toContain('RATE_LIMITED')
    }
    expect(refused?.length).toBeGreaterThan(0)
    expect((await ask(SHARED, tokenOf('carol@example.com'))).status).toBe(200)
    await until(async () => (await ask()).status === 200, 2_000)
  })
})

describe('the log of what memory answers', () => {
  it('has one line a second with how many there were, and now and then one of a request', async () => {
    await sleep(1_100)
    await warm()
    await sleep(1_100)
    const from = app.seen.length
    const began = performance.now()
    let hits = 0
    for (let time = 0; time < 150; time++) {
      const answer = await ask()
      if (isWhole(answer.headers.get('cache-status') ?? '')) hits++
      await answer.text()
    }
    const took = performance.now() - began
    const counted = (): number =>
      app.seen
        .slice(from)
        .reduce((sum, each) => sum + (each.event === 'requests.from_memory' ? (each.count ?? 0) : 0), 0)
    await until(() => counted() >= hits, 3_000)
    expect(counted()).toBe(hits)
    const lines = app.seen.slice(from).filter(({ event }) => event === 'requests.from_memory').length
    expect(lines).toBeLessThanOrEqual(took / 1_000 + 2)
    const samples = app.seen.slice(from).filter((each) => each.event === 'request' && each.from === 'memory').length
    expect(samples).toBeGreaterThan(0)
    expect(samples).toBeLessThanOrEqual(took / 100 + 1)
  })
})

describe('who is answered from memory', () => {
  it('has been proven within the minute, or longer while the workspace says nothing; who is refused is at once', async () => {
    const token = tokenOf('dave@example.com')
    await warm(token)
    app.faults.set(ME, { status: 503 })
    try {
      await sleep(PROOF_MS + 500)
      for (let time = 0; time < 20; time++) expect((await ask(SHARED, token)).status).toBe(200)
      app.faults.set(ME, { status: 401 })
      await until(async () => (await ask(SHARED, token)).status === 401, 8_000)
      for (let time = 0; time < 20; time++) expect((await ask(SHARED, token)).status).toBe(401)
    } finally {
      app.faults.delete(ME)
    }
  })
})

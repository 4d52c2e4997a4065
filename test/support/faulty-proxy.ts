import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { connect, slowly, withoutNotifications } from './faulty-way.ts'

/** A TCP proxy whose faults a test chooses. */
export interface FaultyProxy {
  readonly port: number
  /** Connections that are open now. */
  readonly open: () => number
  /** From now on nothing comes through, in neither direction, and nothing is closed: a black hole. */
  swallow(): void
  /** Whether wake-ups that Postgres sends are lost on their way. */
  deafen(deaf: boolean): void
  /** Resets every open connection. */
  reset(): void
  heal(): void
  /** From now on a new connection waits so long before it gets through, as while a Lakebase wakes up. */
  wakeFor(ms: number): void
  /** Puts this in the place of the next thing that Postgres says. */
  garble(bytes: Buffer): void
  /** From now on new connections are closed as they come. */
  refuse(): void
  /** Breaks the next connections on which COMMIT is sent: before Postgres gets it, or before its answer comes through. */
  loseCommits(what: 'request' | 'answer', times: number): void
  /** The same for the next times that something else is sent. */
  loseStatements(text: string, times: number): void
  /** From now on everything takes so many ms more in each direction, and stays in its order. */
  delay(ms: (() => number) | undefined): void
  /** From now on such a part of new connections is reset after so many ms. */
  doom(part: number, afterMs: () => number): void
  /** How many were. */
  readonly doomed: () => number
  /** How many COMMITs were lost. */
  readonly lost: () => number
  close(): Promise<void>
}

/** Postgres has committed by then. */
const ANSWERED_MS = 30

/** What is to go wrong. */
interface Faults {
  deaf: boolean
  swallowing: boolean
  refusing: boolean
  garbled: Buffer | undefined
  wakingMs: number
  losing: 'request' | 'answer'
  toLose: number
  /** Which statement. */
  text: string
  lost: number
  delayMs: (() => number) | undefined
  doomedPart: number
  doomedAfterMs: () => number
  doomed: number
}

const COMMIT = 'commit\0'

const NONE: Faults = {
  deaf: false,
  swallowing: false,
  refusing: false,
  garbled: undefined,
  wakingMs: 0,
  losing: 'answer',
  toLose: 0,
  text: COMMIT,
  lost: 0,
  delayMs: undefined,
  doomedPart: 0,
  doomedAfterMs: () => 0,
  doomed: 0,
}

export async function startFaultyProxy(target: number): Promise<FaultyProxy> {
  const pairs = new Set<readonly [Socket, Socket]>()
  const faults = { ...NONE }
  const server: Server = createServer((client) => pass(client, { target, pairs, faults }))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const resetAll = (): void => {
    for (const [client, upstream] of pairs) {
      client.resetAndDestroy()
      upstream.destroy()
    }
  }
  return {
    port: address.port,
    open: () => pairs.size,
    swallow: () => void Object.assign(faults, { swallowing: true }),
    heal: () => void Object.assign(faults, { swallowing: false, refusing: false, wakingMs: 0 }),
    wakeFor: (wakingMs) => void Object.assign(faults, { wakingMs }),
    garble: (garbled) => void Object.assign(faults, { garbled }),
    refuse: () => void Object.assign(faults, { refusing: true }),
    deafen: (deaf) => void Object.assign(faults, { deaf }),
    reset: resetAll,
    loseCommits: (losing, toLose) => void Object.assign(faults, { losing, toLose, text: COMMIT }),
    loseStatements: (text, toLose) => void Object.assign(faults, { losing: 'request', toLose, text }),
    delay: (delayMs) => void Object.assign(faults, { delayMs }),
    lost: () => faults.lost,
    doom: (doomedPart, doomedAfterMs) => void Object.assign(faults, { doomedPart, doomedAfterMs }),
    doomed: () => faults.doomed,
    async close() {
      resetAll()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

interface Passing {
  readonly target: number
  readonly pairs: Set<readonly [Socket, Socket]>
  readonly faults: Faults
}

/** One connection, with what goes wrong on it. */
function pass(client: Socket, { target, pairs, faults }: Passing): void {
  if (faults.refusing) return void client.resetAndDestroy()
  const upstream = createConnection(target, '127.0.0.1')
  const pair = [client, upstream] as const
  pairs.add(pair)
  const forget = (): unknown => pairs.delete(pair)
  if (Math.random() < faults.doomedPart) {
    faults.doomed++
    setTimeout(() => client.resetAndDestroy(), faults.doomedAfterMs())
  }
  let silent = false
  /** Whether a chunk must not go on to Postgres. */
  const lose = (chunk: Buffer): boolean => {
    if (faults.toLose === 0 || !chunk.includes(faults.text)) return false
    faults.toLose--
    faults.lost++
    silent = true
    setTimeout(() => client.resetAndDestroy(), faults.losing === 'answer' ? ANSWERED_MS : 0)
    return faults.losing === 'request'
  }
  if (faults.wakingMs > 0) {
    client.pause()
    setTimeout(() => client.resume(), faults.wakingMs)
  }
  connect(client, slowly(upstream, faults), (chunk) => faults.swallowing || lose(chunk), forget)
  const garble = (): boolean => {
    const { garbled } = faults
    faults.garbled = undefined
    if (garbled) client.write(garbled)
    return garbled !== undefined
  }
  connect(
    upstream,
    slowly(client, faults),
    () => faults.swallowing || silent || garble(),
    forget,
    (chunk) => (faults.deaf ? withoutNotifications(chunk) : chunk),
  )
}

import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

// Below the ports that systems give to whoever asks for any: what listens on "0" can't take one that is free between two uses.
const [FIRST, END] = [20_000, 32_000]
const TRIES = 50

/** A loopback TCP port that nobody listens on just now. @throws where none of many is free */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < TRIES; tried++) {
    const port = randomInt(FIRST, END)
    if (await isFree(port)) return port
  }
  throw new Error(`None of ${TRIES} TCP ports between ${FIRST} and ${END} is free on this machine. Look at: ss -ltn`)
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

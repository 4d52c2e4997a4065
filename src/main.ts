import { createServer, type Server } from 'node:http'
import closeWithGrace from 'close-with-grace'
import { createApp } from './app.ts'
import { type Config, ConfigError, readConfig } from './config/index.ts'
import { domains } from './domains/index.ts'
import { createLog } from './logging.ts'

/** Databricks Apps kills 15 s after SIGTERM. */
const GRACE_MS = 10_000
/** Of that, for requests that are being answered. */
const FINISH_MS = 8_000
const SWEEP_MS = 50

function start(config: Config): void {
  const app = createApp({ config, observe: createLog(config.logLevel) })
  const server = createServer({ requestTimeout: config.requestTimeoutMs + 1_000 }, app.listener)
  server.on('error', (error: NodeJS.ErrnoException) => {
    const taken = error.code === 'EADDRINUSE'
    say(taken ? `Port ${config.listen.port} is taken. Set PORT to another one.` : error.message)
    process.exit(1)
  })
  server.listen(config.listen.port, config.listen.host)
  closeWithGrace({ delay: GRACE_MS }, async ({ err }) => {
    if (err) say(err.stack ?? err.message)
    app.drain()
    await finish(server)
    await app.close()
  })
}

/** Takes no new connections and waits for the answers that are under way; then cuts what is left. */
async function finish(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  // `close` ends what is idle now; what becomes idle later would stay open until its keep-alive ends.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS)
  const cut = setTimeout(() => server.closeAllConnections(), FINISH_MS)
  await closed
  clearInterval(sweep)
  clearTimeout(cut)
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

try {
  start(readConfig(domains.flatMap((domain) => domain.tables)))
} catch (error) {
  if (!(error instanceof ConfigError)) throw error
  say(error.message)
  process.exitCode = 1
}

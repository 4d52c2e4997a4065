import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import closeWithGrace from 'close-with-grace'
import { createApp } from './app.ts'
import { type Config, ConfigError, readConfig } from './config/index.ts'
import { domains } from './domains/index.ts'
import { KEEP_ALIVE_MS } from './http/index.ts'
import { createLog } from './logging.ts'

/** Databricks Apps kills 15 s after SIGTERM; within 10 s all is over. */
const GRACE_MS = 9_500
/** Of that, for what comes after the last answer: pools wait 2 s for a server that doesn't take part. */
const CLOSE_MS = 2_500
const SWEEP_MS = 50

function start(config: Config): void {
  const log = createLog(config.logLevel)
  const app = createApp({ config, observe: log.observe })
  const timeouts = { requestTimeout: config.requestTimeoutMs + 1_000, keepAliveTimeout: KEEP_ALIVE_MS }
  const server = createServer(timeouts, app.listener)
  server.on('error', (error: NodeJS.ErrnoException) => {
    say(cannotListen(config.listen, error))
    process.exit(1)
  })
  const { host, port } = config.listen
  server.listen(port, host, () => log.observe({ event: 'process.listening', version: version(), port }))
  closeWithGrace({ delay: GRACE_MS }, async ({ err, signal }) => {
    log.observe({ event: 'process.stopping', why: signal ?? (err ? 'a defect' : 'it was asked to') })
    if (err) say(err.stack ?? err.message)
    app.drain()
    // Who spreads requests over several instances must first have seen that this one isn't ready.
    if (!err) await sleep(config.drainMs)
    await finish(server, GRACE_MS - CLOSE_MS - config.drainMs)
    await app.close()
    await log.close()
  })
}

/** Of the package whose code this is: it lies beside it in `dist/`, and above it in the sources. */
function version(): string {
  const [file] = ['package.json', '../package.json'].map((name) => join(import.meta.dirname, name)).filter(existsSync)
  if (file === undefined) return 'unknown'
  const { version }: { version?: string } = JSON.parse(readFileSync(file, 'utf8'))
  return version ?? 'unknown'
}

/** Takes no new connections and waits for the answers that are under way; then cuts what is left. */
async function finish(server: Server, longestMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  // `close` ends what is idle now; what becomes idle later would stay open until its keep-alive ends.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS)
  const cut = setTimeout(() => server.closeAllConnections(), longestMs)
  await closed
  clearInterval(sweep)
  clearTimeout(cut)
}

function cannotListen({ host, port }: Config['listen'], { code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is taken. Set DATABRICKS_APP_PORT or PORT to another one.`
    case 'EACCES':
      return `Port ${port} is not for everybody. Set DATABRICKS_APP_PORT or PORT to one above 1023.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `HOST=${host} is no address of this machine. Leave it out: 0.0.0.0 listens on all of them.`
    default:
      return `Nothing can listen on ${host}:${port}: ${message}`
  }
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

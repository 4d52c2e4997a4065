import type { RequestListener, Server } from 'node:http'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import closeWithGrace from 'close-with-grace'
import { type AppProcess, startApp, untilReady } from './app-process.ts'
import { printBanner } from './banner.ts'
import { freePort } from './free-port.ts'
import { createFrontProxy } from './platform/front-proxy.ts'
import { closeServer, listen } from './platform/listen.ts'
import { createTokens, DEFAULT_PERSONA, findPersona, PERSONAS, type Persona, type Tokens } from './platform/personas.ts'
import { minterFor, setUpData, setUpLogins, withClient } from './platform/platform.ts'
import { fillHolidays } from './platform/sample-holidays.ts'
import { createWorkspaceApi, ENDPOINT } from './platform/workspace.ts'
import { type PostgresServer, startPostgres } from './postgres/launcher.ts'
import { clearRunState, readRunState, STATE_FOLDER, takeStateFolder, writeRunState } from './run-state.ts'
import { createProgress, giveUp, say } from './terminal.ts'

const DATABASE = 'databricks_postgres'
const APP_LOG = join(STATE_FOLDER, 'app.log')
/** Longer than the app's own grace. */
const STOP_DEADLINE_MS = 20_000

interface Arguments {
  readonly fresh: boolean
  readonly watch: boolean
  readonly persona: Persona
  readonly port: number
}

function readArguments(): Arguments {
  const usage = 'Use: npm start -- [--fresh] [--as PERSONA]'
  try {
    const { values } = parseArgs({
      options: { fresh: { type: 'boolean' }, watch: { type: 'boolean' }, as: { type: 'string' } },
    })
    const persona = findPersona(values.as ?? DEFAULT_PERSONA)
    if (!persona)
      throw new Error(`There is no persona ${values.as}. There are: ${PERSONAS.map((p) => p.userName).join(', ')}.`)
    const port = Number(process.env['DATABRICKS_APP_PORT'] || process.env['PORT'] || 8000)
    if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error('PORT must be a number from 1 to 65535.')
    return { fresh: values.fresh ?? false, watch: values.watch ?? false, persona, port }
  } catch (error) {
    giveUp(`${error instanceof Error ? error.message : String(error)} ${usage}`)
  }
}

/** Everything that runs, to be stopped in the reverse order. */
const stops: (() => Promise<void> | void)[] = []
let stopping = false

async function stopAll(): Promise<void> {
  stopping = true
  for (let stop = stops.pop(); stop; stop = stops.pop()) await stop()
}

/** Something else that runs belongs on the list; if everything is being stopped already, it is stopped at once. */
async function running<T>(thing: T, stop: () => Promise<void> | void): Promise<T> {
  if (stopping) {
    await stop()
    throw new Error('stopped while it was starting')
  }
  stops.push(stop)
  return thing
}

function takeFolderOrGiveUp(): void {
  const taken = takeStateFolder()
  if (!taken) return
  const where = readRunState()?.url
  const what = where === undefined ? 'It is being started already' : `It is running already at ${where}`
  giveUp(`${what} (process ${taken.takenBy}). Stop that one first, with Ctrl-C or: kill ${taken.takenBy}`)
}

async function listenOrGiveUp(options: Arguments, listener: RequestListener): Promise<Server> {
  try {
    return (await listen(listener, options.port)).server
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    clearRunState()
    giveUp(`Port ${options.port} is taken by another program. Choose another one: PORT=${options.port + 1} npm start`)
  }
}

function appEnvironment(postgres: PostgresServer, tokens: Tokens, workspacePort: number, appPort: number) {
  const { DATABRICKS_APP_PORT: _front, PGPASSWORD: _password, ...inherited } = process.env
  return {
    ...inherited,
    // From its sources it starts in 1.4 s where it takes 2.3 to compile them again.
    NODE_COMPILE_CACHE: join(STATE_FOLDER, 'compiled'),
    HOST: '127.0.0.1',
    DRAIN_MS: '0', // nobody else could take the requests
    PORT: String(appPort),
    PGHOST: postgres.host,
    PGPORT: String(postgres.port),
    PGDATABASE: DATABASE,
    PGUSER: tokens.app.id,
    LAKEBASE_ENDPOINT: ENDPOINT,
    OPERATORS: process.env['OPERATORS'] ?? DEFAULT_PERSONA,
    DATABRICKS_CLIENT_ID: tokens.app.id,
    DATABRICKS_CLIENT_SECRET: tokens.app.secret,
    PGSSLMODE: 'disable',
    DATABRICKS_HOST: `http://127.0.0.1:${workspacePort}`,
  }
}

/** For a script that calls as the service principal. */
function clientEnvironment(url: string, tokens: Tokens, workspacePort: number): Record<string, string> {
  const principal = PERSONAS.find(({ kind }) => kind === 'servicePrincipal')
  return {
    LAKEBASE_GRAPHQL_URL: url,
    DATABRICKS_HOST: `http://127.0.0.1:${workspacePort}`,
    DATABRICKS_CLIENT_ID: principal?.userName ?? '',
    DATABRICKS_CLIENT_SECRET: (principal && tokens.secretOf(principal)) ?? '',
  }
}

async function startAll(options: Arguments): Promise<{ app: AppProcess; appPort: number; postgres: PostgresServer }> {
  const progress = createProgress()
  const tokens = createTokens()
  const appPort = await freePort()
  const proxy = createFrontProxy({ appPort, tokens, defaultPersona: options.persona })
  const front = await listenOrGiveUp(options, proxy)
  await running(front, () => closeServer(front))
  const home = join(STATE_FOLDER, 'postgres')
  const postgres = await startPostgres({ home, fresh: options.fresh, onProgress: progress.step })
  await running(postgres, postgres.stop)
  progress.step('setting up roles and the database')
  const logins = await setUpLogins(postgres)
  const workspace = await listen(createWorkspaceApi({ tokens, mint: minterFor(postgres, logins.postgres) }))
  await running(workspace, () => closeServer(workspace.server))
  await setUpData(postgres, DATABASE, logins, progress.step)
  const url = `http://localhost:${options.port}`
  const { host, port } = postgres
  // The app's password is minted for an hour only: who wants it mints it again.
  const known = { lakehouse: logins.lakehouse, postgres: logins.postgres }
  const client = clientEnvironment(url, tokens, workspace.port)
  writeRunState({ pid: process.pid, url, host, port, database: DATABASE, logins: known }, client)
  progress.step('starting the app')
  const env = appEnvironment(postgres, tokens, workspace.port, appPort)
  const app = startApp({ env, watch: options.watch, logFile: APP_LOG })
  await running(app, app.stop)
  await untilReady(app, appPort)
  await withClient(postgres, DATABASE, logins.postgres, fillHolidays)
  progress.done()
  return { app, appPort, postgres }
}

async function main(): Promise<void> {
  const began = performance.now()
  const options = readArguments()
  takeFolderOrGiveUp()
  stops.push(clearRunState)
  const grace = closeWithGrace({ delay: STOP_DEADLINE_MS, logger: false }, async ({ signal, err }) => {
    if (signal) say(`\nStopping (${signal}) …`)
    if (err) process.stderr.write(`${err.message}\n`)
    await stopAll()
    if (signal) say('Stopped. Nothing is left running; the data is kept for the next start.')
    if (err) process.exitCode = 1
  })
  // Not before signals are heard: who reads this may send one.
  say('Starting Lakebase GraphQL with everything it needs on this machine.')
  try {
    const { app, appPort, postgres } = await startAll(options)
    printBanner({ ...options, appPort, postgres, seconds: (performance.now() - began) / 1000, log: APP_LOG })
    await app.ended
    if (!stopping) throw new Error(`The app has ended by itself. Its log is in ${APP_LOG}.`)
  } catch (error) {
    // What fails because it is being stopped is no news.
    if (stopping) return
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
    grace.close()
  }
}

if (process.env['PGHOST']) {
  // A Postgres of one's own: then there is nothing to simulate, and the app runs with the settings as they are.
  await import('../src/main.ts')
} else if (process.env['DATABRICKS_APP_NAME'] || process.env['DATABRICKS_CLIENT_ID']) {
  giveUp(
    'The local platform does not start where DATABRICKS_APP_NAME or DATABRICKS_CLIENT_ID is set: here the app must run ' +
      'on the real one. Set PGHOST and the other PG* variables (attach a Lakebase database to the app).',
  )
} else {
  await main()
}

import { parseArgs } from 'node:util'
import { DatabaseError, type QueryResult } from 'pg'
import { APP_ROLE } from './lakehouse/roles.ts'
import { findPersona } from './platform/personas.ts'
import { type Login, minterFor, withClient } from './platform/platform.ts'
import { type RunState, readRunState } from './run-state.ts'
import { giveUp, say } from './terminal.ts'

/** `npm run sql -- "select …"`: a small stand-in for psql, which the embedded Postgres comes without. */
const USAGE = 'Use: npm run sql -- [--as lakehouse|app|postgres|PERSONA] "select …"'
const { values, positionals } = readArguments()
const text = positionals.join(' ').trim()
if (text === '') giveUp(USAGE)
const running = readRunState()
if (!running) giveUp('Nothing is running. Start it first, in another terminal: npm start')

function readArguments() {
  try {
    return parseArgs({ allowPositionals: true, options: { as: { type: 'string', default: 'lakehouse' } } })
  } catch (error) {
    giveUp(`${error instanceof Error ? error.message : String(error)} ${USAGE}`)
  }
}

/** The app and the personas log in as on the platform: by a password that is minted for an hour. */
async function loginOf({ host, port, logins }: RunState, name: string): Promise<Login> {
  const { [name]: fixed, postgres } = logins
  if (fixed) return fixed
  const role = name === 'app' ? APP_ROLE : findPersona(name)?.userName
  const minted = role && postgres && (await minterFor({ host, port }, postgres)(role))
  if (!role || !minted)
    giveUp(`There is no login "${name}". There are: app, ${Object.keys(logins).join(', ')}, and the personas.`)
  return { user: role, password: minted.token }
}

function print({ fields, rows, command, rowCount }: QueryResult): void {
  if (fields.length > 0) {
    say(fields.map((field) => field.name).join('\t'))
    for (const row of rows) say(fields.map((field) => String(row[field.name] ?? 'NULL')).join('\t'))
  }
  say(`(${command} ${rowCount ?? ''})`)
}

/** Values as Postgres writes them. */
const AS_TEXT = { getTypeParser: () => (value: string) => value }

/** What a refusal of Postgres says: its code and detail are what rules tell programs. */
function wordsOf(error: unknown): string {
  if (!(error instanceof DatabaseError)) return error instanceof Error ? error.message : String(error)
  return `${error.code}: ${error.message}${error.detail === undefined ? '' : ` (${error.detail})`}`
}

try {
  const login = await loginOf(running, values.as)
  const results = await withClient(running, running.database, login, (client) => client.query({ text, types: AS_TEXT }))
  for (const result of [results].flat()) print(result)
} catch (error) {
  giveUp(wordsOf(error))
}

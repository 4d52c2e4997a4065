import { parseArgs } from 'node:util'
import type { QueryResult } from 'pg'
import { withClient } from './platform/platform.ts'
import { readRunState } from './run-state.ts'
import { giveUp, say } from './terminal.ts'

/** `npm run sql -- "select …"`: a small stand-in for psql, which the embedded Postgres comes without. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { as: { type: 'string', default: 'lakehouse' } },
})
const text = positionals.join(' ').trim()
if (text === '') giveUp('Use: npm run sql -- [--as lakehouse|app|postgres] "select …"')
const running = readRunState()
if (!running) giveUp('Nothing is running. Start it first, in another terminal: npm start')
const login = running.logins[values.as]
if (!login) giveUp(`There is no login "${values.as}". There are: ${Object.keys(running.logins).join(', ')}.`)

function print({ fields, rows, command, rowCount }: QueryResult): void {
  if (fields.length > 0) {
    say(fields.map((field) => field.name).join('\t'))
    for (const row of rows) say(fields.map((field) => show(row[field.name])).join('\t'))
  }
  say(`(${command} ${rowCount ?? ''})`)
}

function show(value: unknown): string {
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}

try {
  const results = await withClient(running, running.database, login, (client) => client.query(text))
  for (const result of [results].flat()) print(result)
} catch (error) {
  giveUp(error instanceof Error ? error.message : String(error))
}

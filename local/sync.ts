import { snapshotSync } from './lakehouse/snapshot-sync.ts'
import { SYNCED_TABLES } from './lakehouse/synced-tables.ts'
import { withClient } from './platform/platform.ts'
import { readRunState } from './run-state.ts'
import { giveUp, say } from './terminal.ts'

/** `npm run sync -- TABLE`: what the platform's pipeline does when a sync of that table is due. */
const [name] = process.argv.slice(2)
const table = SYNCED_TABLES.find((each) => `${each.schema}.${each.table}` === name)
if (!table) {
  giveUp(
    `Use: npm run sync -- TABLE, with one of: ${SYNCED_TABLES.map((each) => `${each.schema}.${each.table}`).join(', ')}`,
  )
}
const running = readRunState()
const login = running?.logins['lakehouse']
if (!running || !login) giveUp('Nothing is running. Start it first, in another terminal: npm start')
say(`Copying lakehouse.${table.source} to ${name} …`)
try {
  const { rows, ms } = await withClient(running, running.database, login, (pipeline) => snapshotSync(pipeline, table))
  say(`${rows} rows in ${(ms / 1000).toFixed(1)} s.`)
} catch (error) {
  giveUp(error instanceof Error ? error.message : String(error))
}

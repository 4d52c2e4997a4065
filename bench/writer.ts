import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import type { Viewers } from './viewers.ts'

const EVERY_MS = 10

const STATEMENTS = {
  'what is asked for': `update holidays.holiday_requests set manager_note = $1, status = case status when 'Pending' then 'Approved' else 'Pending' end
     where request_id = (select request_id from holidays.holiday_requests where requester like 'viewer-%' order by request_id offset $2 limit 1)`,
  'something else': `update holidays.employees set name = $1 where email = (select email from holidays.employees order by email offset $2 % 4 limit 1)`,
}

/** Changes a hundred rows a second, each by a transaction, as the tables' owner. */
export async function startWriter(
  { superuser }: Viewers,
  what: keyof typeof STATEMENTS,
): Promise<{ stop(): Promise<void> }> {
  const client = new Client({
    host: superuser['PGHOST'] ?? '',
    port: Number(superuser['PGPORT']),
    database: superuser['PGDATABASE'] ?? '',
    user: superuser['PGUSER'] ?? '',
    password: superuser['PGPASSWORD'] ?? '',
  })
  await client.connect()
  let stopped = false
  const writing = (async () => {
    const began = performance.now()
    for (let count = 0; !stopped; count++) {
      await client.query({ name: 'write', text: STATEMENTS[what], values: [`note ${count}`, (count * 37) % 1_000] })
      await sleep(Math.max(0, began + count * EVERY_MS - performance.now()))
    }
  })()
  return {
    async stop() {
      stopped = true
      await writing
      await client.end()
    },
  }
}

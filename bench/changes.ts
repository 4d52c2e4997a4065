import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Client, type QueryResult } from 'pg'
import { setUpData, setUpLogins } from '../local/platform/platform.ts'
import { startPostgres } from '../local/postgres/launcher.ts'
import { POLL } from '../src/db/change-log/poll-statement.ts'
import { appConfig, settle } from '../test/support/app-config.ts'

/**
 * `npm run bench:changes`: what it costs to have changes noted, how soon they are heard of, and how large their log gets. Eight writers, each
 * on a row of its own, on a Postgres that waits for its disk; with the triggers and without them in turn, in one run.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '3' },
    // How long the log's size is watched while somebody writes at this rate; an hour shows that it is bounded.
    minutes: { type: 'string', default: '0' },
    rate: { type: 'string', default: '500' },
  },
})
const [ROUNDS, SECONDS, WRITERS] = [Number(values.rounds), Number(values.seconds), 8]
const home = mkdtempSync(join(tmpdir(), 'lakebase-graphql-bench-'))
const server = await startPostgres({ home, settings: { max_connections: '60' } })
const logins = await setUpLogins(server)
const database = 'bench'
await setUpData(server, database, logins)
await settle(appConfig({ host: server.host, port: server.port, logins }, database))

const say = (text: string): void => void process.stdout.write(`${text}\n`)
const connect = async (login = logins.postgres): Promise<Client> => {
  const client = new Client({ host: server.host, port: server.port, database, ...login })
  await client.connect()
  return client
}
const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0
const percentile = (numbers: readonly number[], part: number): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor((numbers.length - 1) * part)] ?? 0

const admin = await connect()
await admin.query(
  `create table public.noted (id bigint primary key, manager text, status text, n int default 0);
   insert into public.noted select g, 'm' || g % 10, 'Pending' from generate_series(1, 1000) g;
   create table public.plain (like public.noted including all); insert into public.plain select * from public.noted;
   select lakebase_graphql.track_changes('public.noted', 'id', '{manager,status}')`,
)
const writers = await Promise.all(Array.from({ length: WRITERS }, () => connect()))

/** One-row updates, each a transaction, in a second. */
async function rate(table: string, seconds: number): Promise<number> {
  const until = performance.now() + seconds * 1_000
  let done = 0
  await Promise.all(
    writers.map(async (client, writer) => {
      for (let n = 0; performance.now() < until; n++, done++) {
        const id = writer * 100 + (n % 100) + 1
        await client.query({
          name: table,
          text: `update public.${table} set status = 'S' || $1::int % 3, n = n + 1 where id = $2`,
          values: [n, id],
        })
      }
    }),
  )
  return done / seconds
}

/** From COMMIT's answer to the moment when a listener that polls as the app does has heard, in ms. */
async function latencies(count: number, busy: boolean): Promise<number[]> {
  const [listener, writer] = [await connect(logins.app), await connect()]
  const heard: number[] = []
  const committed = new Map<string, number>()
  let [snapshot, woken, delay, stopped]: [string | null, boolean, number, boolean] = [null, false, 5, false]
  listener.on('notification', () => {
    woken = true
    delay = 5
  })
  await listener.query(
    'listen lakebase_graphql_changes; set enable_hashjoin = off; set enable_mergejoin = off; set enable_seqscan = off; set plan_cache_mode = force_generic_plan',
  )
  const follow = (async () => {
    while (!stopped) {
      woken = false
      const { rows }: QueryResult = await listener.query({
        name: 'poll',
        text: POLL,
        values: [snapshot, ['"public"."noted"'], [], [], 1001],
      })
      snapshot = rows[0].snapshot
      const now = performance.now()
      for (const { rows: [[key = ''] = []] = [] } of rows[0].changes) {
        const at = committed.get(key)
        if (at !== undefined) heard.push(now - at)
        committed.delete(key)
      }
      delay = rows[0].changes.length > 0 ? 5 : Math.min(delay * 2, 1_000)
      for (const until = performance.now() + delay; !woken && performance.now() < until; ) await sleep(0.2)
    }
  })()
  const beside = busy ? rate('noted', (count * 12) / 1_000) : undefined
  for (let n = 0; n < count; n++) {
    const id = String(900 + (n % 100))
    await writer.query("update public.noted set status = 'L' where id = $1", [id])
    committed.set(id, performance.now())
    await sleep(10)
  }
  await sleep(1_200)
  stopped = true
  await Promise.all([follow, beside])
  await Promise.all([listener.end(), writer.end()])
  return heard.map((ms) => Math.max(0, ms))
}

await rate('plain', 1)
await rate('noted', 1)
const rates: { plain: number[]; noted: number[] } = { plain: [], noted: [] }
for (let round = 1; round <= ROUNDS; round++) {
  for (const table of ['plain', 'noted'] as const) rates[table].push(await rate(table, SECONDS))
  say(`round ${round} of ${ROUNDS}: ${rates.plain.at(-1)?.toFixed(0)} without, ${rates.noted.at(-1)?.toFixed(0)} with`)
}
if (ROUNDS > 0) sayRates()
for (const busy of ROUNDS > 0 ? [false, true] : []) {
  const ms = await latencies(300, busy)
  say(
    `commit to event, ${busy ? `beside ${WRITERS} writers` : 'idle'}: p50 ${percentile(ms, 0.5).toFixed(1)}, p99 ${percentile(ms, 0.99).toFixed(1)}, max ${percentile(ms, 1).toFixed(1)} ms (${ms.length} of 300)`,
  )
}

function sayRates(): void {
  const ratios = rates.noted.map((with_, index) => with_ / (rates.plain[index] ?? 1))
  say(
    `transactions/s of ${WRITERS} writers: ${median(rates.plain).toFixed(0)} without, ${median(rates.noted).toFixed(0)} with the triggers and the log; ratio ${median(ratios).toFixed(2)}`,
  )
}

/** So many writes a second, each a transaction. */
async function steadily(perSecond: number, minutes: number): Promise<void> {
  const began = performance.now()
  for (let second = 0; second < minutes * 60; second++) {
    const late = Math.max(0, performance.now() - began - second * 1_000)
    await sleep(Math.max(0, began + second * 1_000 - performance.now()))
    if (late > 1_000) throw new Error(`${perSecond} writes a second are too many for this machine`)
    await Promise.all(
      writers.map(async (client, writer) => {
        for (let n = 0; n < perSecond / WRITERS; n++) {
          const id = writer * 100 + (n % 100) + 1
          await client.query({
            name: 'steady',
            text: 'update public.noted set n = n + 1 where id = $1',
            values: [id],
          })
        }
      }),
    )
    if (second % 300 === 299) await sayLogSize(`after ${(second + 1) / 60} minutes of ${perSecond} writes a second`)
  }
}

async function sayLogSize(when: string): Promise<void> {
  const { rows } = await admin.query(
    `select count(*)::int as n, pg_relation_size('lakebase_graphql.change_log') / 1048576.0 as heap,
            pg_indexes_size('lakebase_graphql.change_log') / 1048576.0 as indexes from lakebase_graphql.change_log`,
  )
  const { n, heap, indexes } = rows[0]
  say(`log ${when}: ${n} rows, ${Number(heap).toFixed(1)} MiB and ${Number(indexes).toFixed(1)} MiB of indexes`)
}

await steadily(Number(values.rate), Number(values.minutes))
await Promise.all([admin, ...writers].map((client) => client.end()))
await server.stop()
for (const folder of [home, server.home]) rmSync(folder, { recursive: true, force: true })

import { readFileSync } from 'node:fs'
import { Agent, request as send } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startSubject } from './process.ts'
import { subjects } from './subjects.ts'
import { startViewers } from './viewers.ts'

/**
 * `npm run bench:distinct`: what the app's process holds while it is asked for nothing but different things, by eight viewers, with 64 MiB to
 * keep answers and rows in. A million in an hour, unless told otherwise.
 */
const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '60' }, rate: { type: 'string', default: '278' } },
})
const [MINUTES, RATE] = [Number(values.minutes), Number(values.rate)]
const [VIEWERS, TURN_MS, TRIPS, LONGEST_MS] = [8, 10, 21_932, 5_000]
const FIELDS = ['tripId', 'pickupAt', 'dropoffAt', 'distance', 'fare', 'pickupZip', 'dropoffZip']
const mib = (bytes: number): string => (bytes / 1024 / 1024).toFixed(0)

/** No two are the same: one trip or twenty, by other fields and words. */
function operation(count: number): string {
  const fields = FIELDS.filter((_, index) => index === 0 || (count >> index) % 2 === 0).join(' ')
  const query =
    count % 4 === 0
      ? `query q${count} { trips(first: 20, filter: { pickupZip: "${10_001 + (count % 280)}" }) { nodes { ${fields} } } }`
      : `query q${count} { trip(id: "${1 + ((count * 7_919) % TRIPS)}") { ${fields} } }`
  return JSON.stringify({ query })
}

const viewers = await startViewers(VIEWERS)
const ours = subjects(() => '').find(({ kind }) => kind === 'ours')
if (!ours) throw new Error('we are not among the subjects')
const settings = { VIEWER_ACCESS: 'claims', OPERATORS: 'viewer-0@example.com', CACHE_BYTES: String(64 * 1024 * 1024) }
const running = await startSubject(ours, { ...viewers.lakebase, ...settings })
const agent = new Agent({ keepAlive: true, maxSockets: 16 })
const counts = { answered: 0, failed: 0 }
/** Of those that failed, how. */
const failures = new Map<string, number>()
const failed = (how: string): void => {
  counts.failed++
  failures.set(how, (failures.get(how) ?? 0) + 1)
}

function ask(count: number): void {
  const body = operation(count)
  const headers = {
    ...{ 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) },
    ...viewers.headers[count % VIEWERS],
  }
  const outgoing = send(`${running.origin}/api/graphql`, { method: 'POST', agent, headers }, (response) => {
    let text = ''
    response.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
    response.on('end', () => {
      if (response.statusCode === 200 && !text.includes('"errors"')) counts.answered++
      else failed(/"code":"(\w+)"/.exec(text)?.[1] ?? String(response.statusCode))
    })
  })
  outgoing.on('error', ({ message }) => failed(message)).end(body)
}

async function tell(minutes: number): Promise<void> {
  const [, resident = ''] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${running.pid}/status`, 'utf8')) ?? []
  const metrics = await fetch(`${running.origin}/api/metrics`, { headers: { ...viewers.headers[0] } })
  const text = await metrics.text()
  const kept = [...text.matchAll(/cache_bytes\{.*\} ([\d.e+]+)/g)].reduce((sum, [, bytes]) => sum + Number(bytes), 0)
  const line = `${minutes} min: ${counts.answered} answered, ${counts.failed} failed ${JSON.stringify([...failures])}; resident ${mib(Number(resident) * 1024)} MiB, of which counted ${mib(kept)} MiB`
  process.stdout.write(`${line}\n`)
}

try {
  await tell(0)
  const began = performance.now()
  const total = MINUTES * 60 * RATE
  let told = 0
  for (let sent = 0; sent < total; ) {
    const due = Math.min(total, ((performance.now() - began) / 1_000) * RATE)
    while (sent < due) ask(sent++)
    await sleep(TURN_MS)
    const minutes = Math.floor((performance.now() - began) / 60_000)
    if (minutes < told + Math.max(1, Math.floor(MINUTES / 12))) continue
    told = minutes
    await tell(minutes)
  }
  for (const until = performance.now() + LONGEST_MS; counts.answered + counts.failed < total; await sleep(TURN_MS)) {
    if (performance.now() > until) break
  }
  await tell(MINUTES)
} finally {
  agent.destroy()
  await running.stop()
  await viewers.stop()
}

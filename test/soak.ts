import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

/** `npm run soak -- --minutes N`: every random test goes on for N minutes, with what no run has tried before. */
const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } })
const minutes = Number(values.minutes)
if (!(minutes > 0)) {
  process.stderr.write('Use: npm run soak -- --minutes N, with a number of minutes for each random test.\n')
  process.exit(2)
}
const { status } = spawnSync('vitest', ['run', '--project', 'node', '.random.test.ts'], {
  stdio: 'inherit',
  env: { ...process.env, SOAK_MINUTES: String(minutes) },
})
process.exitCode = status ?? 1

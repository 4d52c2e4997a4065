/** How long `npm run soak` lets each random test run, in ms; 0 for an ordinary run. */
const SOAK_MS = Number(process.env['SOAK_MINUTES'] ?? 0) * 60_000

/** How long each random test is to run in a long run, in ms. */
export const soakMs = (): number => SOAK_MS

/** Whether this is a long run. */
export const SOAKING = SOAK_MS > 0

/** Time for a random test: vitest's own, or as long as it soaks. */
export const ROUNDS_TIMEOUT_MS = SOAK_MS === 0 ? 60_000 : SOAK_MS + 60_000

/** Numbers of rounds, to make random things from: always the same `count` of them, or ever new ones until the time is up. */
export function* rounds(count: number, what: string): Generator<number> {
  const from = SOAK_MS === 0 ? 0 : Date.now()
  const until = performance.now() + SOAK_MS
  let done = 0
  for (; SOAK_MS === 0 ? done < count : performance.now() < until; done++) yield from + done
  process.stdout.write(`${what}: ${done} rounds, from number ${from}\n`)
}

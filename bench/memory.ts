import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Coherence, createCache, type Freshness } from '../src/cache/index.ts'
import { EVERYONE } from '../src/identity/index.ts'

/** `npm run bench:memory`: what a process holds that is asked for a million different things, with 64 MiB to keep them in. */
const [BYTES, KEYS] = [64 * 1024 * 1024, 1_000_000]
const freshness: Freshness = {
  coherence: new Coherence(),
  isLive: () => true,
  isHeld: () => false,
  hasPolledSince: () => true,
  distrust: () => undefined,
  wake: async () => undefined,
  catchUp: async () => undefined,
}
const cache = createCache({ bytes: BYTES, freshness, heard: () => undefined })
setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')
const mib = (bytes: number): string => (bytes / 1024 / 1024).toFixed(0)
const { signal } = new AbortController()

for (let key = 1; key <= KEYS; key++) {
  await cache.read({
    scope: EVERYONE,
    group: 'rows',
    generation: 0,
    wanted: [{ key: `1 ${key} fare distance`, tags: ['"taxi"."trips_synced"'] }],
    signal,
    fetch: async () => ({
      values: [Object.freeze({ id: String(key), fare: `${key % 97}.5`, distance: `${key % 31}.25` })],
    }),
    heard: () => undefined,
    unkept: () => undefined,
  })
  // Half of them change.
  if (key % 2 === 0) freshness.coherence.advance(key, [`"taxi"."trips_synced":${key}`])
  if (key % 100_000 === 0) {
    collect()
    const { rss, heapUsed } = process.memoryUsage()
    const { bytes, entries } = cache.size()
    process.stdout.write(
      `${key} keys: ${entries} kept, ${mib(bytes)} of ${mib(BYTES)} MiB counted; ${mib(heapUsed)} MiB in the heap, resident ${mib(rss)} MiB\n`,
    )
  }
}

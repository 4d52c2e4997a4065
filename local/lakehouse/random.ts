/** A seeded source of numbers: the same sequence on every machine (mulberry32, integer arithmetic only). */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number
  /** Roughly normal, by the sum of uniforms: no transcendental function, whose last bit may differ by machine. */
  normal(mean: number, deviation: number): number
  /** An index into `weights`, each as likely as its weight. */
  weighted(weights: readonly number[]): number
}

/** A sequence made from `seed`, any integer. */
export function createRandom(seed: number): Random {
  let state = seed | 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const normal = (mean: number, deviation: number): number =>
    mean + (next() + next() + next() + next() - 2) * 1.732 * deviation
  const weighted = (weights: readonly number[]): number => {
    let left = next() * weights.reduce((sum, weight) => sum + weight, 0)
    const found = weights.findIndex((weight) => {
      left -= weight
      return left < 0
    })
    return found === -1 ? weights.length - 1 : found
  }
  return { next, normal, weighted }
}

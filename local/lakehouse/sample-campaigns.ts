import { createRandom, type Random } from './random.ts'

const ROWS = 50_000
const CAMPAIGNS = 1_000
const WEEKS = 26
/** A Monday; the last week begins on 2025-12-01. */
const FIRST_WEEK = Date.UTC(2025, 5, 9)
/** Spark numbers rows as it writes them: the number of the partition above bit 33, that of the row below. */
const ROWS_OF_A_PARTITION = 6_250
const PARTITION = 2n ** 33n

interface Tier {
  readonly name: string
  /** Of a hundred campaigns. */
  readonly share: number
  readonly clickThroughRate: readonly [least: number, most: number]
  readonly conversionRate: readonly [least: number, most: number]
  readonly returnOnSpend: readonly [least: number, most: number]
}

const TIERS: readonly Tier[] = [
  { name: 'High', share: 20, clickThroughRate: [0.05, 0.15], conversionRate: [0.08, 0.2], returnOnSpend: [4, 10] },
  { name: 'Medium', share: 50, clickThroughRate: [0.02, 0.07], conversionRate: [0.02, 0.1], returnOnSpend: [1.2, 5] },
  { name: 'Low', share: 30, clickThroughRate: [0.005, 0.03], conversionRate: [0.002, 0.03], returnOnSpend: [0.2, 1.6] },
]
const PUBLISHERS = ['Google', 'Meta', 'LinkedIn', 'Twitter', 'TikTok']
const REGIONS = ['NA', 'EMEA', 'APAC', 'LATAM']
const DEVICES = ['Mobile', 'Desktop', 'Tablet']
const ADS = ['Banner', 'Video', 'Native', 'Interstitial']

/** The rows of campaign performance as lines of COPY's text format; the same on every machine. */
export function* sampleCampaigns(): Generator<string> {
  const random = createRandom(20250609)
  const tiers = Array.from({ length: CAMPAIGNS }, () => pick(TIERS, random, (tier) => tier.share))
  for (let index = 0; index < ROWS; index++) {
    const campaign = Math.floor(random.next() * CAMPAIGNS)
    const tier = tiers[campaign]
    if (!tier) throw new Error(`campaign ${campaign} has no tier`)
    yield `${[`cmp_${campaign + 1}`, ...performance(tier, random), primaryKey(index)].join('\t')}\n`
  }
}

function performance(tier: Tier, random: Random): (string | number)[] {
  const week = new Date(FIRST_WEEK + Math.floor(random.next() * WEEKS) * 7 * 86_400_000)
  const where = [PUBLISHERS, REGIONS, DEVICES, ADS].map((values) => pick(values, random))
  const impressions = 10_000 + Math.floor(random.next() * 490_001)
  const clickThroughRate = real(between(tier.clickThroughRate, random))
  const clicks = Math.max(1, Math.floor(impressions * clickThroughRate))
  const conversionRate = real(between(tier.conversionRate, random))
  const costPerClick = cents(between([0.5, 6], random))
  const cost = cents(clicks * costPerClick)
  const returnOnSpend = real(between(tier.returnOnSpend, random))
  return [
    week.toISOString().slice(0, 10),
    tier.name,
    ...where,
    impressions,
    clicks,
    Math.floor(clicks * conversionRate),
    clickThroughRate,
    conversionRate,
    cost,
    costPerClick,
    cents(cost * between([1, 1.3], random)),
    cents(cost * returnOnSpend),
    returnOnSpend,
    real(tier.clickThroughRate[1] * 0.9),
    real(tier.conversionRate[1] * 0.9),
    ratios(random),
  ]
}

/** How the impressions divide among platforms; the parts make one. */
function ratios(random: Random): string {
  const website = cents(0.3 + random.next() * 0.3)
  const app = cents(0.2 + random.next() * 0.2)
  return JSON.stringify({ Website: website, App: app, 'Mobile Web': cents(1 - website - app) })
}

function primaryKey(index: number): string {
  const partition = BigInt(Math.floor(index / ROWS_OF_A_PARTITION))
  return String(partition * PARTITION + BigInt(index % ROWS_OF_A_PARTITION))
}

function pick<Value>(values: readonly Value[], random: Random, weightOf: (value: Value) => number = () => 1): Value {
  const value = values[random.weighted(values.map(weightOf))]
  if (value === undefined) throw new Error('a pick lies outside its list')
  return value
}

function between([least, most]: readonly [number, number], random: Random): number {
  return least + random.next() * (most - least)
}

const cents = (value: number): number => Math.round(value * 100) / 100
const real = (value: number): number => Math.round(value * 100_000) / 100_000

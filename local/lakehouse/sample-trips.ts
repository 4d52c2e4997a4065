import { createRandom, type Random } from './random.ts'
import { JFK, ZIP_CODES, type ZipCode } from './zip-codes.ts'

/** The guide inserts trips 21933 to 21935: those ids must be new. */
export const SAMPLE_TRIPS = 21_932
const FIRST_DAY = Date.UTC(2016, 0, 1)
const HOURS = 60 * 24 // January and February 2016
const JFK_FLAT_FARE = 52

/** Rides by hour of the day: quiet before dawn, busiest in the evening. */
const WEEKDAY = [34, 22, 14, 9, 8, 12, 26, 46, 58, 58, 53, 52, 55, 54, 57, 56, 50, 58, 72, 76, 70, 66, 60, 48]
const WEEKEND = [64, 58, 48, 36, 20, 9, 10, 16, 26, 38, 48, 54, 58, 58, 58, 58, 56, 60, 66, 66, 58, 56, 58, 56]
/** Miles an hour by hour of the day. */
const SPEED = [17, 18, 19, 20, 21, 20, 16, 12, 10, 10, 10, 10, 10, 10, 10, 9.5, 9.5, 9.5, 10, 11, 12, 13, 14, 16]

/** The rows of the sample as lines of COPY's text format, in the order of id and of time; the same on every machine. */
export function* sampleTrips(): Generator<string> {
  const random = createRandom(20160101)
  const hours = cumulativeHours()
  for (let index = 0; index < SAMPLE_TRIPS; index++) {
    const start = momentAt(hours, (index + random.next()) / SAMPLE_TRIPS)
    yield `${[index + 1, ...ride(start, random)].join('\t')}\n`
  }
}

/** For each hour, the share of all rides that begin before it. */
function cumulativeHours(): number[] {
  const weights = Array.from({ length: HOURS }, (_, hour) => {
    const day = new Date(FIRST_DAY + hour * 3_600_000).getUTCDay()
    return (day === 0 || day === 6 ? WEEKEND : WEEKDAY)[hour % 24] ?? 0
  })
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  let before = 0
  return weights.map((weight) => {
    const share = before / total
    before += weight
    return share
  })
}

/** The second at which the given share of all rides has begun. */
function momentAt(hours: readonly number[], share: number): number {
  let low = 0
  let high = HOURS - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((hours[middle] ?? 1) <= share) low = middle
    else high = middle - 1
  }
  const from = hours[low] ?? 0
  const until = hours[low + 1] ?? 1
  return Math.floor((low + (share - from) / (until - from)) * 3600)
}

function ride(startSecond: number, random: Random): (string | number)[] {
  const pickup = pick(random)
  const dropoff = random.next() < 0.1 ? pickup : destination(pickup, random)
  const miles = distance(pickup, dropoff, random)
  const hour = Math.floor(startSecond / 3600) % 24
  const speed = Math.max(4, (SPEED[hour] ?? 10) * random.normal(1, 0.22) + miles * 0.8)
  const seconds = Math.max(60, Math.round((miles / speed) * 3600))
  const fare = fareOf(pickup, dropoff, miles, seconds)
  const start = FIRST_DAY + startSecond * 1000
  return [timestamp(start), timestamp(start + seconds * 1000), miles, fare, pickup.zip, dropoff.zip]
}

const WEIGHTS = ZIP_CODES.map((place) => place.weight)

function pick(random: Random): ZipCode {
  const place = ZIP_CODES[random.weighted(WEIGHTS)]
  if (!place) throw new Error('a weighted pick lies outside the list of zip codes')
  return place
}

/** Most rides are short: of two places the nearer one is mostly where people go. */
function destination(from: ZipCode, random: Random): ZipCode {
  const [first, second] = [pick(random), pick(random)]
  const nearer = straightLine(from, first) < straightLine(from, second) ? first : second
  return random.next() < 0.7 ? nearer : first
}

function straightLine(from: ZipCode, to: ZipCode): number {
  return Math.sqrt((from.east - to.east) ** 2 + (from.north - to.north) ** 2)
}

/** Streets run along two axes, so the way is longer than the straight line. */
function distance(from: ZipCode, to: ZipCode, random: Random): number {
  const way =
    from === to ? 0.4 + random.next() * 1.1 : straightLine(from, to) * random.normal(1.28, 0.07) + random.next() * 0.3
  return Math.round(Math.max(0.1, way) * 100) / 100
}

/** The meter of 2016: 2.50 at the start, 0.50 for each fifth of a mile, or for each minute that is slow. */
function fareOf(from: ZipCode, to: ZipCode, miles: number, seconds: number): number {
  const toManhattan = (place: ZipCode): boolean => place.zip >= 10001 && place.zip <= 10282
  if ((from.zip === JFK && toManhattan(to)) || (to.zip === JFK && toManhattan(from))) return JFK_FLAT_FARE
  const slowMinutes = Math.max(0, seconds / 60 - miles * 5)
  return 2.5 + 0.5 * Math.floor(miles * 5) + 0.5 * Math.floor(slowMinutes * 0.8)
}

function timestamp(ms: number): string {
  return new Date(ms).toISOString()
}

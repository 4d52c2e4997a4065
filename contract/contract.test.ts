import { buildSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { compare } from './compare.ts'
import { vagueDeprecations } from './deprecations.ts'
import { saysItBreaks } from './version.ts'

const BEFORE = `
  type Query { trip(id: ID!, unit: Unit = MILES): Trip, answer: Answer }
  type Trip implements Named { name: String!, fare: Float }
  interface Named { name: String! }
  union Answer = Trip | Failure
  type Failure { code: String! }
  enum Unit { MILES KILOMETERS }
  input Filter { zip: String }
  extend type Query { trips(filter: Filter): [Trip!]! }`
const severities = (from: string, to: string): string[] => {
  const now = BEFORE.replace(from, to)
  expect(now).not.toBe(BEFORE)
  return compare(buildSchema(BEFORE), buildSchema(now)).map(({ severity }) => severity)
}

describe('the contract', () => {
  it('has not changed where nothing has', () => {
    expect(compare(buildSchema(BEFORE), buildSchema(BEFORE))).toEqual([])
  })

  it.each([
    [', fare: Float', ''],
    ['fare: Float', 'fare: String'],
    ['name: String!, fare', 'name: String!, fare(in: String!)'],
    ['zip: String', 'zip: String, day: String!'],
    ['zip: String', 'zip: Int'],
    ['MILES KILOMETERS', 'MILES'],
    ['Trip | Failure', 'Trip'],
    [' implements Named', ''],
    [', unit: Unit = MILES', ''],
    ['answer: Answer', 'other: Answer'],
    ['id: ID!', 'id: Int!'],
  ])('is broken by %s becoming %s, which is explained', (from, to) => {
    expect(severities(from, to)).toContain('breaking')
    for (const { severity, advice } of compare(buildSchema(BEFORE), buildSchema(BEFORE.replace(from, to)))) {
      if (severity === 'breaking') expect(advice).toMatch(/\.$/)
    }
  })

  it.each([
    ['MILES KILOMETERS', 'MILES KILOMETERS YARDS'],
    ['type Failure {', 'type Late { code: String! } union More = Late type Failure {'],
    ['zip: String', 'zip: String, day: String'],
    ['= MILES', '= KILOMETERS'],
    ['fare: Float', 'fare: Float!'],
    ['fare: Float', 'fare: Float, tip: Float'],
  ])('is not broken by %s becoming %s', (from, to) => {
    expect(severities(from, to)).not.toContain('breaking')
  })

  it('may be broken by a version that says so', () => {
    const allowed = [
      ['1.2.3', '2.0.0'],
      ['0.1.0', '0.2.0'],
      ['0.9.1', '1.0.0'],
    ] as const
    const refused = [
      ['1.2.3', '1.3.0'],
      ['0.1.0', '0.1.1'],
      ['2.0.0', '1.9.9'],
      ['1.0.0', '0.9.0'],
    ] as const
    for (const [before, now] of allowed) expect(saysItBreaks(before, now), `${before} ${now}`).toBe(true)
    for (const [before, now] of refused) expect(saysItBreaks(before, now), `${before} ${now}`).toBe(false)
    expect(() => saysItBreaks('one', '1.0.0')).toThrow('one is no version')
  })

  it('says why something is deprecated, and until when', () => {
    const schema = buildSchema(`type Query {
      good: Int @deprecated(reason: "Use best. (until 2027-06-30)")
      bad: Int @deprecated
      late: Int @deprecated(reason: "Use best. (until 2027-13-01)")
      asked(by: Int @deprecated(reason: "No.")): Unit
    } enum Unit { OLD @deprecated(reason: "x (until tomorrow)") NEW } input In { a: Int @deprecated b: Int }`)
    expect(vagueDeprecations(schema)).toEqual(['Query.bad', 'Query.late', 'Query.asked:by', 'Unit.OLD', 'In.a'])
  })
})

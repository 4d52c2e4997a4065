import { setTimeout as sleep } from 'node:timers/promises'
import {
  type ExecutionResult,
  execute,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  parse,
  validate,
} from 'graphql'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../local/lakehouse/random.ts'
import { createSchema, domains } from '../src/domains/index.ts'
import { executePlan, planQuery } from '../src/execution/index.ts'
import { faultySchema } from './support/faulty-schema.ts'
import { randomSelection, VARIABLES } from './support/random-documents.ts'

const HEAD = 'query Q($count: Int = 2, $id: Int, $yes: Boolean = true, $no: Boolean = false)'
const USES = 'uses: must(id: $id) { a: about(first: $count) }'

/** A random document that asks for some things twice, so that what they ask for is merged. */
function documentOf(schema: GraphQLSchema, seed: number): string {
  const random = createRandom(seed)
  const fragments: string[] = []
  const query: GraphQLObjectType = schema.getQueryType() ?? expect.fail('no queries')
  const selection = randomSelection(query, 0, random, fragments)
  const text = `${HEAD} { ${USES} ${selection} ... on Named { name ... on Other { other: name } } ${random.next() < 0.5 ? selection : ''} } ${fragments.join(' ')}`
  // Directives have tests of their own: documents with one have no plan.
  return text
    .replaceAll(/ @(skip|include)\(if: \$\w+\)/g, '')
    .replace(', $yes: Boolean = true, $no: Boolean = false', '')
}

interface Both {
  readonly expected: ExecutionResult
  readonly actual: ExecutionResult
}

async function executeBoth(schema: GraphQLSchema, seed: number): Promise<Both | undefined> {
  const text = documentOf(schema, seed)
  const document = parse(text)
  if (validate(schema, document).length > 0) return undefined
  const plan = planQuery(schema, document)
  if (!plan) throw new Error(`no plan for ${text}`)
  const variableValues = seed % 7 === 0 ? { id: 'x' } : { id: VARIABLES.count }
  const rootValue = { seed }
  const expected = await execute({ schema, document, variableValues, rootValue, contextValue: {} })
  const actual = await executePlan(plan, variableValues, {}, rootValue)
  return { expected, actual }
}

const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

const SEVERAL = 'several'

/** Where the null is that an error has left, and what the error says if it is the only one about it. */
function nulls({ data, errors = [] }: ExecutionResult): Map<string, string> {
  const found = new Map<string, string>()
  for (const error of errors) {
    const path = [...(error.path ?? [])]
    let value: unknown = data ?? null
    let depth = 0
    while (value !== null && depth < path.length) value = Reflect.get(Object(value), path[depth++] ?? '')
    expect(value).toBeNull()
    const position = JSON.stringify(path.slice(0, depth))
    found.set(position, found.has(position) ? SEVERAL : JSON.stringify(error))
  }
  return found
}

const SEEDS = Array.from({ length: 3_000 }, (_, index) => index + 1)

describe('a plan gives what graphql-js gives', () => {
  it('value by value and error by error, where nothing has to be waited for', async () => {
    const schema = faultySchema(false)
    let [compared, failed] = [0, 0]
    for (const seed of SEEDS) {
      const both = await executeBoth(schema, seed)
      if (!both) continue
      expect(json(both.actual), documentOf(schema, seed)).toEqual(json(both.expected))
      expect(Object.keys(both.actual)).toEqual(Object.keys(both.expected))
      expect(JSON.stringify(both.actual.data)).toBe(JSON.stringify(both.expected.data))
      compared++
      if (both.expected.errors) failed++
    }
    expect(compared).toBeGreaterThan(SEEDS.length / 2)
    expect(failed).toBeGreaterThan(compared / 10)
    expect(failed).toBeLessThan(compared * 0.95)
  })

  it('where resolvers wait: the same data, and an error for each null', async () => {
    const schema = faultySchema(true)
    for (const seed of SEEDS.slice(0, 600)) {
      const both = await executeBoth(schema, seed)
      if (!both) continue
      const { actual, expected } = both
      expect(JSON.stringify(actual.data), documentOf(schema, seed)).toBe(JSON.stringify(expected.data))
      const [ours, theirs] = [nulls(actual), nulls(expected)]
      expect([...ours.keys()].toSorted()).toEqual([...theirs.keys()].toSorted())
      // Of errors that race for one null, either may be told.
      for (const [at, error] of ours) if (![error, theirs.get(at)].includes(SEVERAL)) expect(error).toBe(theirs.get(at))
    }
  }, 60_000)
})

it('a plan hears everything that it waits for, also when another item of the list fails at once', async () => {
  const item = new GraphQLObjectType({
    name: 'Item',
    fields: { late: { type: new GraphQLNonNull(GraphQLInt), resolve: (late: unknown) => late } },
  })
  const items = new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(item)))
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields: { items: { type: items } } }),
  })
  const plan = planQuery(schema, parse('{ items { late } }')) ?? expect.fail('no plan')
  const rootValue = {
    items: [Promise.reject(new Error('late')), sleep(5).then(() => Promise.reject(new Error('later'))), null],
  }
  // Vitest fails what leaves a rejection unheard.
  expect(json(await executePlan(plan, {}, {}, rootValue))).toMatchObject({
    data: null,
    errors: [{ path: ['items', 2] }],
  })
  await sleep(20)
})

it('a plan leaves out errors below what is null already, as graphql-js does', async () => {
  const [nullable, required] = [{ type: GraphQLInt }, { type: new GraphQLNonNull(GraphQLInt) }]
  const child = new GraphQLObjectType({ name: 'Child', fields: { soon: required, later: nullable } })
  const query = new GraphQLObjectType({ name: 'Query', fields: { child: { type: child }, last: nullable } })
  const schema = new GraphQLSchema({ query })
  const document = parse('{ child { soon later } last }')
  const rejection = (ms: number) => async () => {
    await sleep(ms)
    throw new Error(`after ${ms} ms`)
  }
  const rootValue = { child: { soon: rejection(1), later: rejection(20) }, last: () => sleep(40, 1) }
  const plan = planQuery(schema, document) ?? expect.fail('no plan')
  const actual = await executePlan(plan, {}, {}, rootValue)
  expect(actual.errors).toHaveLength(1)
  expect(json(actual)).toEqual(json(await execute({ schema, document, rootValue })))
})

describe('a query has', () => {
  const schema = createSchema(domains)
  const plan = (text: string) => {
    const document = parse(text)
    expect(validate(schema, document)).toEqual([])
    return planQuery(schema, document)
  }

  it('a plan, if it is an example of a domain and no mutation', () => {
    const examples = domains.flatMap(({ examples }) => examples)
    for (const example of examples) expect(plan(example) !== undefined, example).toBe(!/^mutation/m.test(example))
  })

  it.each([
    ['directives', 'query ($no: Boolean!) { trip(id: 1) { fare @skip(if: $no) } }'],
    ['directives on a fragment', '{ trip(id: 1) { ... @include(if: true) { fare } } }'],
    ['several operations', 'query A { trip(id: 1) { fare } } query B { trip(id: 2) { fare } }'],
    ['an interface', '{ node(id: "x") { id } }'],
    ['introspection', '{ __schema { queryType { name } } }'],
    ['a key that no object can have', '{ trip(id: 1) { __proto__: fare } }'],
  ])('no plan, if it has %s', (_what, text) => {
    expect(plan(text)).toBeUndefined()
  })

  it('no plan, and no long search for one, if fragments make it grow without end', () => {
    const levels = Array.from(
      { length: 30 },
      (_, at) =>
        `fragment F${at} on Trip { ...F${at + 1} ...G${at + 1} } fragment G${at} on Trip { ...F${at + 1} ...G${at + 1} }`,
    )
    const nested = (depth: number): string => (depth === 0 ? 'fare' : `... on Trip { ${nested(depth - 1)} }`.repeat(2))
    const began = performance.now()
    planQuery(
      schema,
      parse(
        `{ trip(id: 1) { ...F0 } } ${levels.join(' ')} fragment F30 on Trip { fare } fragment G30 on Trip { fare }`,
      ),
    )
    expect(planQuery(schema, parse(`{ trip(id: 1) { ${nested(10)} } }`))).toBeUndefined()
    expect(performance.now() - began).toBeLessThan(1_000)
  })
})

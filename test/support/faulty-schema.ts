import { setTimeout as sleep } from 'node:timers/promises'
import {
  type GraphQLFieldConfigMap,
  GraphQLInt,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLResolveInfo,
  GraphQLSchema,
  GraphQLString,
} from 'graphql'
import { createRandom } from '../../local/lakehouse/random.ts'
import { bare } from '../../src/execution/index.ts'

/** What everything below a field is made from. */
interface Seed {
  readonly seed: number
}

/** How a value comes: mostly well, else in one of the ways that resolvers fail in. */
type Way = (make: () => unknown) => unknown

const WELL: Way = (make) => make()
const FAULTS: readonly Way[] = [
  () => null,
  () => undefined,
  () => new Error('returned'),
  () => ({ not: 'that' }),
  () => {
    throw new Error('thrown')
  },
  () => {
    throw 'no error'
  },
]
const LATE: readonly Way[] = [
  async (make) => make(),
  async (make) => {
    await sleep(1)
    return make()
  },
  () => Promise.resolve(null),
  () => Promise.reject(new Error('rejected')),
]

/** Told to be right or wrong by nothing but the seed and the field, so that two executions meet the same. */
function wayOf({ seed }: Seed, name: string, ways: readonly Way[], often: number): Way {
  const random = createRandom(seed + name.length * 7_919 + name.charCodeAt(name.length - 1))
  random.next()
  if (random.next() < often) return WELL
  return ways[Math.floor(random.next() * ways.length)] ?? WELL
}

function describe(_source: unknown, args: object, _context: unknown, info: GraphQLResolveInfo): string {
  const { fieldName, fieldNodes, parentType, returnType, variableValues, operation, fragments, path } = info
  const keys: (string | number)[] = []
  for (let at: typeof path | undefined = path; at; at = at.prev) keys.push(at.key, at.typename ?? '-')
  const told = [fieldName, fieldNodes.length, parentType.name, String(returnType), operation.name?.value, keys, args]
  return JSON.stringify([...told, Object.keys(fragments).toSorted(), variableValues])
}

type Fields = GraphQLFieldConfigMap<Seed, unknown>

const childOf = ({ seed }: Seed, name: string, index = 0): Seed => ({ seed: seed * 31 + name.length * 17 + index })

const childrenOf = (source: Seed, name: string, faults: readonly Way[]) => () =>
  [0, 1, 2].map((index) => {
    const item = childOf(source, name, index)
    return wayOf(item, name, faults, 0.9)(() => item)
  })

function leaves(faults: readonly Way[]): Fields {
  const number = new GraphQLNonNull(GraphQLInt)
  return {
    name: { type: GraphQLString, resolve: bare((source: Seed) => wayOf(source, 'name', FAULTS, 0.8)(() => 'a name')) },
    bareCount: { type: number, resolve: bare((source: Seed) => wayOf(source, 'bareCount', FAULTS, 0.95)(() => 7)) },
    seed: { type: GraphQLInt },
    count: { type: number, resolve: (source) => wayOf(source, 'count', faults, 0.95)(() => 3) },
    about: { type: GraphQLString, args: { first: { type: GraphQLInt, defaultValue: 4 } }, resolve: describe },
    grid: {
      type: new GraphQLList(new GraphQLList(number)),
      resolve(source) {
        const last = () => [wayOf(source, 'grid2', FAULTS, 0.8)(() => 4)]
        return wayOf(
          source,
          'grid',
          faults,
          0.75,
        )(() => [[1, 2], wayOf(source, 'grid1', faults, 0.75)(() => [3]), last()])
      },
    },
  }
}

/** A schema whose resolvers fail in all ways that there are; the root value is a `Seed`. Without `late` none of them waits. */
export function faultySchema(late: boolean): GraphQLSchema {
  const faults = late ? [...FAULTS, ...LATE] : FAULTS
  const named = new GraphQLInterfaceType({ name: 'Named', fields: { name: { type: GraphQLString } } })
  const thing: GraphQLObjectType = new GraphQLObjectType({
    name: 'Thing',
    interfaces: [named],
    fields: (): Fields => ({
      ...leaves(faults),
      child: { type: thing, resolve: (of) => wayOf(of, 'child', faults, 0.75)(() => childOf(of, 'child')) },
      must: {
        type: new GraphQLNonNull(thing),
        args: { id: { type: GraphQLInt } },
        resolve: (source) => wayOf(source, 'must', faults, 0.9)(() => childOf(source, 'must')),
      },
      some: {
        type: new GraphQLList(thing),
        resolve: (source) => wayOf(source, 'some', faults, 0.75)(childrenOf(source, 'some', faults)),
      },
      all: {
        // Once an item that must not be null fails at once, graphql-js lets those that wait reject unheard.
        type: new GraphQLNonNull(new GraphQLList(late ? thing : new GraphQLNonNull(thing))),
        resolve: (source) => wayOf(source, 'all', faults, 0.75)(() => new Set(childrenOf(source, 'all', FAULTS)())),
      },
    }),
  })
  const other = new GraphQLObjectType({ name: 'Other', interfaces: [named], fields: { name: { type: GraphQLString } } })
  return new GraphQLSchema({ query: thing, types: [named, other] })
}

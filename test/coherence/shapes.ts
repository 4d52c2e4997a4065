import type { Json } from '../support/post.ts'
import type { History, Seen } from './history.ts'

/** The life of a request: not there, pending, withdrawn, removed. */
export const [ABSENT, PENDING, WITHDRAWN, REMOVED] = [0, 1, 2, 3]

/** Of whom a read depends on who reports to whom alone. */
export const MOVED = 'moved@example.com'
export const CHART = 'chart'
/** By the number of the change: whom they report to then. */
export const managerAt = (version: number): string => (version % 2 === 0 ? 'alice@example.com' : 'dave@example.com')

/** Whom and what a question is about. */
export interface About {
  /** Of requests, the newest last. */
  readonly ids: readonly string[]
  readonly employee: string
  /** The request that changes together with its employee. */
  readonly pair: string
  /** The request of who is moved from manager to manager, and how often that has been begun. */
  readonly moved: string
  readonly moves: number
  /** Who asks. */
  readonly persona: string
}

/** What a reader asks for, and what the answer says of what it asks about. */
export interface Shape {
  readonly name: string
  readonly query: (about: About) => string
  readonly seen: (data: Json, about: About) => Seen[]
  /** Values that one transaction writes together. */
  readonly together?: (data: Json) => readonly string[]
}

const FIELDS = 'requestId version status'

export const requestRegister = (id: string): string => `request ${id}`
export const pairRegister = (employee: string): string => `pair ${employee}`

const listed = (nodes: Json, ids: readonly string[], unlisted: readonly number[]): Seen[] => {
  const versions = new Map<string, number>(nodes.map((node: Json) => [node.requestId, node.version]))
  return ids.map((id) => {
    const version = versions.get(id)
    return { register: requestRegister(id), versions: version === undefined ? unlisted : [version] }
  })
}

const counted = (text: string | null | undefined): number => Number(/^p(\d+)$/.exec(text ?? '')?.[1] ?? 0)

export const SHAPES: readonly Shape[] = [
  {
    name: 'by id',
    query: ({ ids }) =>
      `{ ${ids
        .slice(-3)
        .map((id) => `r${id}: holidayRequest(id: "${id}") { ${FIELDS} }`)
        .join(' ')} viewer { name } }`,
    seen: (data, { ids }) =>
      ids.slice(-3).map((id) => ({
        register: requestRegister(id),
        versions: data[`r${id}`] === null ? [ABSENT, REMOVED] : [data[`r${id}`].version],
      })),
  },
  {
    name: 'filtered list',
    query: () => `{ holidayRequests(first: 300, filter: { status: [PENDING] }) { nodes { ${FIELDS} } } }`,
    seen: ({ holidayRequests: { nodes } }, { ids }) => listed(nodes, ids, [ABSENT, WITHDRAWN, REMOVED]),
  },
  {
    name: 'list of one employee',
    query: ({ employee }) =>
      `{ holidayRequests(first: 300, filter: { employee: "${employee}" }) { nodes { ${FIELDS} } } }`,
    seen: ({ holidayRequests: { nodes } }, { ids }) => listed(nodes, ids, [ABSENT, REMOVED]),
  },
  {
    name: 'list',
    query: () => `{ holidayRequests(first: 300) { nodes { ${FIELDS} } } }`,
    seen: ({ holidayRequests: { nodes } }, { ids }) => listed(nodes, ids, [ABSENT, REMOVED]),
  },
  {
    name: 'nested',
    query: ({ pair }) => `{ pair: holidayRequest(id: "${pair}") { managerNote employee { name } } }`,
    seen: ({ pair }, { employee }) => [
      { register: pairRegister(employee), versions: [counted(pair.managerNote)] },
      { register: pairRegister(employee), versions: [counted(pair.employee.name)] },
    ],
    together: ({ pair }) => [pair.managerNote, pair.employee.name],
  },
  {
    name: 'what a policy reads',
    query: ({ moved }) => `{ moved: holidayRequest(id: "${moved}") { requestId } }`,
    seen: ({ moved }, { persona, moves }) => {
      const recent = Array.from({ length: Math.min(moves + 1, 10) }, (_, back) => moves - back)
      return [
        { register: CHART, versions: recent.filter((move) => (managerAt(move) === persona) === (moved !== null)) },
      ]
    },
  },
  {
    name: 'nested list',
    query: ({ employee, pair }) =>
      `{ pair: holidayRequest(id: "${pair}") { managerNote }
         holidayRequests(first: 300, filter: { employee: "${employee}" }) { nodes { ${FIELDS} managerNote employee { name } } } }`,
    seen: ({ holidayRequests: { nodes } }, { ids }) => listed(nodes, ids, [ABSENT, REMOVED]),
    together: ({ pair, holidayRequests: { nodes } }) => [
      pair.managerNote,
      ...nodes.flatMap(({ employee, managerNote }: Json) =>
        /^(p\d|ghost)/.test(managerNote ?? '') ? [managerNote, employee.name] : [employee.name],
      ),
    ],
  },
]

/** Looks whether all of an answer is of one moment, and whether it shows what was never committed. */
export function checkTogether(history: History, who: string, values: readonly string[]): void {
  if (values.some((value) => String(value).startsWith('ghost'))) history.wrong('ghost', `${who}: ${values.join()}`)
  if (new Set(values).size > 1) history.wrong('fractured', `${who}: ${[...new Set(values)].join(' and ')}`)
}

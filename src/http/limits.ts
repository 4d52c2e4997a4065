import { maxAliasesPlugin } from '@escape.tech/graphql-armor-max-aliases'
import { maxDepthPlugin } from '@escape.tech/graphql-armor-max-depth'
import { maxDirectivesPlugin } from '@escape.tech/graphql-armor-max-directives'
import { maxTokensPlugin } from '@escape.tech/graphql-armor-max-tokens'
import type { GraphQLError } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { AppError } from '../kernel/errors.ts'

/** How large an operation may be. What it may cost by the pages it asks for is a matter of the schema (MAX_COST). */
export const LIMITS = {
  characters: 32_768,
  values: 1_000,
  tokens: 2_000,
  depth: 10,
  aliases: 30,
  directives: 20,
  errors: 10,
} as const

const onReject = [
  (_context: unknown, error: GraphQLError): void => {
    error.extensions['code'] = 'OPERATION_LIMIT_EXCEEDED'
  },
]

/** Refuses what is too large before it costs anything. Introspection has limits of its own in graphql-js. */
export function limitPlugins(): Plugin[] {
  return [
    smallParameters(),
    maxTokensPlugin({ n: LIMITS.tokens, onReject }),
    maxDepthPlugin({ n: LIMITS.depth, onReject }),
    maxAliasesPlugin({ n: LIMITS.aliases, allowList: [], onReject }),
    maxDirectivesPlugin({ n: LIMITS.directives, onReject }),
  ]
}

function smallParameters(): Plugin {
  return {
    onParams({ params }) {
      checkSize(params)
    },
  }
}

/**
 * Comments and spaces are no tokens, but texts are what parsed operations are remembered by. And graphql-js quotes all
 * variables in each of its errors about them.
 * @throws AppError OPERATION_LIMIT_EXCEEDED
 */
export function checkSize({ query, variables }: { readonly query?: string; readonly variables?: unknown }): void {
  const { length = 0 } = query ?? ''
  if (length > LIMITS.characters) {
    throw new AppError(
      'OPERATION_LIMIT_EXCEEDED',
      `The operation has ${length} characters; ${LIMITS.characters} are allowed. Put values into variables.`,
    )
  }
  if (countValues(variables) > LIMITS.values) {
    throw new AppError(
      'OPERATION_LIMIT_EXCEEDED',
      `The variables have more than ${LIMITS.values} values. Ask for less.`,
    )
  }
}

/** Keys of objects and elements of lists, at all depths; stops counting where there are too many. */
function countValues(variables: unknown): number {
  const open = [variables]
  let count = 0
  for (let next = open.pop(); next !== undefined && count <= LIMITS.values; next = open.pop()) {
    if (typeof next !== 'object' || next === null) continue
    const values: unknown[] = Object.values(next)
    count += values.length
    if (count <= LIMITS.values) open.push(...values.filter((value) => typeof value === 'object' && value !== null))
  }
  return count
}

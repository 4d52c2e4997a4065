import { maxAliasesPlugin } from '@escape.tech/graphql-armor-max-aliases'
import { maxDepthPlugin } from '@escape.tech/graphql-armor-max-depth'
import { maxDirectivesPlugin } from '@escape.tech/graphql-armor-max-directives'
import { maxTokensPlugin } from '@escape.tech/graphql-armor-max-tokens'
import type { GraphQLError } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { AppError } from '../kernel/errors.ts'

/** How large an operation may be. What it may cost by the pages it asks for is a matter of the schema (MAX_COST). */
export const LIMITS = { characters: 32_768, tokens: 2_000, depth: 10, aliases: 30, directives: 20, errors: 10 } as const

const onReject = [
  (_context: unknown, error: GraphQLError): void => {
    error.extensions['code'] = 'OPERATION_LIMIT_EXCEEDED'
  },
]

/** Refuses what is too large before it costs anything. Introspection has limits of its own in graphql-js. */
export function limitPlugins(): Plugin[] {
  return [
    shortText(),
    maxTokensPlugin({ n: LIMITS.tokens, onReject }),
    maxDepthPlugin({ n: LIMITS.depth, onReject }),
    maxAliasesPlugin({ n: LIMITS.aliases, allowList: [], onReject }),
    maxDirectivesPlugin({ n: LIMITS.directives, onReject }),
    fewErrors(),
  ]
}

/** Comments and spaces are no tokens, but texts are what parsed operations are remembered by. */
function shortText(): Plugin {
  return {
    onParams({ params }) {
      const { length = 0 } = params.query ?? ''
      if (length <= LIMITS.characters) return
      throw new AppError(
        'OPERATION_LIMIT_EXCEEDED',
        `The operation has ${length} characters; ${LIMITS.characters} are allowed. Put values into variables.`,
      )
    },
  }
}

/** One wrong operation can have thousands of errors; the first ones say enough. */
function fewErrors(): Plugin {
  return {
    onResultProcess({ result, setResult }) {
      if (Array.isArray(result) || !('errors' in result) || (result.errors?.length ?? 0) <= LIMITS.errors) return
      setResult({ ...result, errors: result.errors?.slice(0, LIMITS.errors) })
    },
  }
}

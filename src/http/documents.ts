import type { Plugin } from 'graphql-yoga'
import type { Documents } from '../documents/index.ts'
import type { GraphQLContext } from '../graphql/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { AskedOperation, Operation } from './short-way.ts'

/**
 * The operation with its text.
 * @throws AppError DOCUMENT_NOT_FOUND, DOCUMENT_NOT_TRUSTED, BAD_REQUEST
 */
export function resolveDocument(
  documents: Documents,
  { documentId, query: given, ...rest }: AskedOperation,
  { trustedOnly }: Pick<GraphQLContext, 'trustedOnly'>,
): Operation {
  const query = documentId === undefined ? given : textOf(documents, documentId, given)
  if (query === undefined) throw new AppError('BAD_REQUEST', 'An operation is asked for by query, or by documentId.')
  if (trustedOnly && !documents.has(query)) {
    throw new AppError(
      'DOCUMENT_NOT_TRUSTED',
      'This app answers registered documents only. Register this one with its app’s build: docs/trusted-documents.md.',
    )
  }
  return { ...rest, query }
}

function textOf(documents: Documents, id: string, query: string | undefined): string {
  if (query !== undefined) throw new AppError('BAD_REQUEST', 'With a documentId goes no query. Send one of them.')
  const text = documents.textOf(id)
  if (text !== undefined) return text
  throw new AppError(
    'DOCUMENT_NOT_FOUND',
    'No document with this documentId is registered here. Send its text as query, or register it.',
  )
}

/** What Yoga reads is refused in the same way. */
export function trustedPlugin(documents: Documents): Plugin<object, GraphQLContext> {
  return {
    onParams({ params: { query }, context }) {
      if (query !== undefined) resolveDocument(documents, { query }, context as GraphQLContext)
    },
  }
}

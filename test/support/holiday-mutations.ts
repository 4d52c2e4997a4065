import type { GraphQLAnswer, Json, PostOptions } from './post.ts'
import type { TestApp } from './test-app.ts'

const REQUEST = '... on HolidayRequest { requestId status version startDate endDate managerNote }'
const ERRORS = `... on MutationError { code message } ... on OverlapError { other { requestId } }`
const DECISION_ERRORS = `... on MutationError { code message }
  ... on AlreadyDecidedError { request { requestId status version } }
  ... on VersionConflictError { request { requestId status version } }`

/** What a mutation of holiday requests may be. */
export type Verb = 'create' | 'approve' | 'reject' | 'withdraw'

/** The mutation's text; its variable is `$input`. */
export function mutationOf(verb: Verb): string {
  const name = `${verb}HolidayRequest`
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
  const errors = verb === 'create' ? ERRORS : DECISION_ERRORS
  return `mutation ($input: ${type}!) { result: ${name}(input: $input) { __typename ${REQUEST} ${errors} } }`
}

/** Sends a mutation, whatever comes of it. */
export function send(
  app: TestApp,
  verb: Verb,
  input: object,
  persona: string,
  more?: PostOptions,
): Promise<GraphQLAnswer> {
  return app.query(mutationOf(verb), { input }, persona, more)
}

/** Sends a mutation that has a result. @throws if it has errors. */
export async function mutate(
  app: TestApp,
  verb: Verb,
  input: object,
  persona: string,
  more?: PostOptions,
): Promise<Json> {
  const { data, errors } = await send(app, verb, input, persona, more)
  if (errors) throw new Error(`${verb} as ${persona}: ${JSON.stringify(errors)}`)
  return data.result
}

/** So many days from today on. */
export const dayAhead = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

/** Asks for two days off, so many days ahead. */
export const ask = (app: TestApp, ahead: number, persona: string, more?: PostOptions): Promise<Json> =>
  mutate(app, 'create', { startDate: dayAhead(ahead), endDate: dayAhead(ahead + 1) }, persona, more)

/** How many changes of a kind the audit has of a request, or of all. */
export async function audited(app: TestApp, action: string, id?: string): Promise<number> {
  const { rows } = await app.sql((client) =>
    client.query(
      `select count(*)::int as count from lakebase_graphql.audit
        where table_name = 'holidays.holiday_requests' and action = $1 and ($2::text is null or row_id = $2)`,
      [action, id ?? null],
    ),
  )
  return rows[0].count
}

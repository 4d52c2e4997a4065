import { claimKey, operatorQuestion, storeOutcome } from '../../db/index.ts'
import type { Domain } from '../domain.ts'
import { addPlatform } from './graphql.ts'
import { memberships } from './queries.ts'

const KEY = {
  text: 'a UUID',
  given: true,
  field: 'approveHolidayRequest:approveHolidayRequest',
  hash: 'SHA-256 of arguments',
}

export const platform: Domain = {
  name: 'platform',
  tables: [],
  examples: [
    `# Who you are to the workspace and to Postgres. Choose another persona at the top.
query Viewer {
  viewer {
    name
    kind
    email
    roles
  }
}
`,
  ],
  addTo: addPlatform,
  samples: () => ({
    'of whoever asks': memberships(),
    'asks whether it is an operator': operatorQuestion(),
    'takes an idempotency key, first of all that a mutation does': claimKey(KEY, 86_400_000),
    'keeps what a mutation has come to, before its COMMIT': storeOutcome(KEY, { kind: 'REQUEST', id: '4' }),
  }),
}

import type { Domain } from '../domain.ts'
import { addPlatform } from './graphql.ts'
import { memberships } from './queries.ts'

export const platform: Domain = {
  name: 'platform',
  tables: [],
  example: `# Who you are to the workspace and to Postgres. Choose another persona at the top.
query Viewer {
  viewer {
    name
    kind
    email
    roles
  }
}
`,
  addTo: addPlatform,
  samples: () => ({ 'of whoever asks': memberships() }),
}

import { relative } from 'node:path'
import { PERSONAS, type Persona } from './platform/personas.ts'
import type { PostgresServer } from './postgres/launcher.ts'
import { SERVICES } from './run-state.ts'
import { say } from './terminal.ts'

export interface Banner {
  readonly port: number
  readonly appPort: number
  readonly persona: Persona
  readonly postgres: PostgresServer
  readonly seconds: number
  /** The file that the app’s own output goes to. */
  readonly log: string
}

/** As somebody in the current folder would write it, fit for a shell. */
function shown(file: string): string {
  const path = relative(process.cwd(), file)
  const nearest = path.startsWith('..') ? file : path
  return /^[\w./-]+$/.test(nearest) ? nearest : `'${nearest}'`
}

/** What somebody needs to know who has just started everything. */
export function printBanner({ port, appPort, persona, postgres, seconds, log }: Banner): void {
  const url = `http://localhost:${port}`
  const width = Math.max(...PERSONAS.map(({ userName }) => userName.length))
  const personas = PERSONAS.map((each) => {
    const chosen = each === persona ? '  <- you, unless you say otherwise' : ''
    return `    ${each.userName.padEnd(width)}  ${each.about}${chosen}`
  })
  say(`
Ready in ${seconds.toFixed(1)} s.

  GraphiQL   ${url}/api/graphql      (in a browser)
  GraphQL    ${url}/api/graphql      (for programs)
  Health     ${url}/api/ready
  The app    http://127.0.0.1:${appPort}, behind the platform’s proxy at ${url}
  Its log    ${shown(log)}
  Postgres   PGSERVICEFILE=${shown(SERVICES)} psql service=lakehouse   (or: npm run sql -- "select …")
             its files are in ${postgres.home}

  Personas: choose one by the header X-Persona, the cookie persona, or npm start -- --as NAME
${personas.join('\n')}

  A first query:

    curl ${url}/api/graphql -H 'content-type: application/json' \\
      -d '{"query":"{ trips(first: 3) { nodes { pickupAt pickupZip dropoffZip distance fare } } }"}'

  Ctrl-C stops everything. The data is kept; npm start -- --fresh begins anew.
`)
}

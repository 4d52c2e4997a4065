import type { Client } from 'pg'
import { SetUpError } from './set-up-error.ts'

/** The schema that the app owns for its own affairs. */
export const OWN_SCHEMA = 'lakebase_graphql'

/** Whether the app's own schema is there, and what keeps it from being as it must be. */
export async function lookAtOwnSchema(client: Client): Promise<{ there: boolean; problem: SetUpError | undefined }> {
  const { rows } = await client.query<Found>(FIND)
  const [found] = rows
  if (!found) throw new Error('Postgres has no answer to a question that always has one')
  const { there, mayCreate, foreign } = found
  if (foreign.length > 0) return { there, problem: foreignOwner(found) }
  return { there, problem: there || mayCreate ? undefined : mayNotCreate(found) }
}

interface Found {
  readonly there: boolean
  readonly mayCreate: boolean
  /** Quoted. */
  readonly me: string
  readonly database: string
  /** Who owns what is in it, if that is somebody else. */
  readonly owners: readonly string[]
  /** `ALTER … OWNER TO …` for each of those things. */
  readonly foreign: readonly string[]
}

/** A sequence of a column goes with its table, and so does a row's type; a partition doesn't. */
const FIND = `
  with own as (select oid, nspowner from pg_namespace where nspname = '${OWN_SCHEMA}'),
  things as (
    select nspowner as owner, 'SCHEMA ${OWN_SCHEMA}' as thing, 0 as place from own
    union all
    select relowner, format('%s %s', kind, c.oid::regclass), 1
      from pg_class c join own on relnamespace = own.oid
      join (values ('r', 'TABLE'), ('p', 'TABLE'), ('v', 'VIEW'), ('m', 'MATERIALIZED VIEW'), ('f', 'FOREIGN TABLE'),
                   ('S', 'SEQUENCE'), ('c', 'TYPE')) as kinds (relkind, kind) on kinds.relkind = c.relkind::text
     where c.relkind <> 'S'
        or not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = c.oid and deptype in ('a', 'i'))
    union all
    select proowner, format('ROUTINE %s', p.oid::regprocedure), 2 from pg_proc p join own on pronamespace = own.oid
    union all
    select typowner, format('%s %s', case typtype when 'd' then 'DOMAIN' else 'TYPE' end, t.oid::regtype), 3
      from pg_type t join own on typnamespace = own.oid where typtype in ('e', 'd', 'r')
  ),
  foreigners as (select * from things where not pg_has_role(owner, 'usage'))
  select exists (select from own) as there,
         has_database_privilege(current_database(), 'create') as "mayCreate",
         quote_ident(current_user) as me, quote_ident(current_database()) as database,
         (select coalesce(json_agg(distinct quote_ident(pg_get_userbyid(owner))), '[]') from foreigners) as owners,
         (select coalesce(json_agg(format('ALTER %s OWNER TO %I;', thing, current_user) order by place, thing), '[]')
            from foreigners) as foreign`

function foreignOwner({ me, owners, foreign }: Found): SetUpError {
  return new SetUpError(
    `the schema ${OWN_SCHEMA}, or something in it, doesn’t belong to the app’s role; the log says how to mend it`,
    `It belongs to ${owners.map(printable).join(', ')}. An administrator runs this, or its owner after being given the app’s role ` +
      `(GRANT ${me} TO …):\n${foreign.join('\n')}\n` +
      `If nothing in it is needed (a developer’s first try), its owner runs: DROP SCHEMA ${OWN_SCHEMA} CASCADE;`,
  )
}

/** A role may be called anything: its name must not look like a line of SQL that somebody is told to run. */
export function printable(name: string): string {
  return name.replaceAll(/\p{C}|\p{Zl}|\p{Zp}/gu, '?')
}

function mayNotCreate({ me, database }: Found): SetUpError {
  return new SetUpError(
    `the app’s role may not create the schema ${OWN_SCHEMA}; the log says how to mend it`,
    'Attach the database to the app with CAN_CONNECT_AND_CREATE, ' +
      `or its owner runs: GRANT CONNECT, CREATE ON DATABASE ${database} TO ${me};`,
  )
}

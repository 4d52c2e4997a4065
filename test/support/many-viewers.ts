import { inject } from 'vitest'
import { VIEWERS_ROLE } from '../../local/lakehouse/roles.ts'
import type { Persona } from '../../local/platform/personas.ts'
import { withClient } from '../../local/platform/platform.ts'

/** People beside the personas, who may read what everybody may. With a role each, unless they are to have none. */
export async function manyViewers(count: number, { name = 'user', roles = true } = {}): Promise<Persona[]> {
  const { host, port, logins } = inject('server')
  const people = Array.from({ length: count }, (_, index) => toPersona(`${name}-${index}@example.com`))
  if (roles) {
    await withClient({ host, port }, 'postgres', logins.postgres, async (client) => {
      // Logins of hundreds must not take the time of hundreds of thousands of hashes.
      await client.query('set scram_iterations = 1')
      await client.query(
        `do $$ declare name text; begin
           foreach name in array '{${people.map(({ userName }) => `"${userName}"`).join()}}'::text[] loop
             if not exists (select from pg_roles where rolname = name) then
               execute format('create role %I login password %L in role ${VIEWERS_ROLE}', name, name);
               insert into platform.credentials values (name, name, now() + interval '1 hour');
             end if;
           end loop; end $$`,
      )
    })
  }
  return people
}

function toPersona(userName: string): Persona {
  return { userName, displayName: userName, kind: 'user', about: 'one of many', groups: [] }
}

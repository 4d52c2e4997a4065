import type { Builder, GraphQLContext } from '../../graphql/index.ts'
import { addCacheStatus } from './cache-graphql.ts'
import { memberships } from './queries.ts'

type Viewer = GraphQLContext['load']['viewer']

/** Adds `viewer`, and what operators may know of this instance. */
export function addPlatform(builder: Builder): void {
  const viewer = addViewerType(builder)
  addCacheStatus(builder)
  builder.queryFields((t) => ({
    viewer: t.field({
      type: viewer,
      description: 'You, as the workspace knows you.',
      resolve: (_root, _args, { load }) => load.viewer,
    }),
  }))
}

function addViewerType(builder: Builder) {
  const kind = builder.enumType('ViewerKind', {
    description: 'What kind of principal asks.',
    values: {
      USER: { value: 'user', description: 'A person.' },
      SERVICE_PRINCIPAL: { value: 'servicePrincipal', description: 'A program with an identity of its own.' },
    } as const,
  })
  return builder.objectRef<Viewer>('Viewer').implement({
    description: 'Whoever asks.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'The workspace’s id of the principal.' }),
      kind: t.expose('kind', { type: kind, description: 'A person or a program.' }),
      name: t.exposeString('displayName', { description: 'The name to show.' }),
      email: t.exposeString('email', {
        nullable: true,
        description: 'The e-mail address; null for a service principal.',
      }),
      roles: t.stringList({
        description:
          'Roles that decide what you see: the Postgres roles that yours is a member of; where viewers don’t log in to Postgres, your groups in the workspace.',
        resolve: (viewer, _args, context) => rolesOf(viewer, context),
      }),
    }),
  })
}

/** The one place where groups become roles. */
async function rolesOf({ password, groups }: Viewer, { load }: GraphQLContext): Promise<string[]> {
  if (!password) return groups.toSorted()
  const rows = await load.read('viewer', memberships)
  return rows.map(({ role }) => role ?? '')
}

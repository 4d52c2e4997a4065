import type { Builder } from '../../graphql/index.ts'
import type { CacheReport, ChangeReport, TableReport } from '../../loaders/index.ts'

/** Adds `cacheStatus`, for operators: how this instance's memory and its feed of changes are. */
export function addCacheStatus(builder: Builder): void {
  const table = addTableType(builder)
  const change = addChangeType(builder)
  const forget = addForgetType(builder)
  const status = builder.objectRef<CacheReport>('CacheStatus').implement({
    description: 'What one instance keeps in memory, and how far it follows what Postgres commits.',
    fields: (t) => ({
      live: t.exposeBoolean('live', { description: 'Whether anything may be served from memory now.' }),
      ageMs: t.exposeFloat('ageMs', {
        nullable: true,
        description: 'Since the last poll of changes that has worked was sent, in ms; null before the first.',
      }),
      position: t.exposeString('position', { nullable: true, description: '`X-Position` as of now.' }),
      bytes: t.exposeFloat('bytes', { description: 'What is kept, in bytes.' }),
      maxBytes: t.exposeFloat('maxBytes', { description: 'What may be kept, in bytes; 0 where the cache is off.' }),
      entries: t.exposeInt('entries', { description: 'How many rows, lists and sums are kept.' }),
      scopes: t.exposeInt('scopes', { description: 'For how many viewers, everyone counted as one.' }),
      tables: t.expose('tables', { type: [table], description: 'What is kept of each table.' }),
      changes: t.expose('changes', {
        type: [change],
        description: 'The latest changes, the last one first; at most 100.',
      }),
      forgets: t.expose('forgets', { type: [forget], description: 'How often everything was forgotten, by cause.' }),
    }),
  })
  builder.queryField('cacheStatus', (t) =>
    t.field({
      type: status,
      description: 'How this instance’s memory is. For operators only.',
      authScopes: { operator: true },
      resolve: (_root, _args, { load }) => load.report(),
    }),
  )
}

function addTableType(builder: Builder) {
  return builder.objectRef<TableReport>('CachedTable').implement({
    description: 'What is kept of a table, and how often that was of use.',
    fields: (t) => ({
      table: t.exposeString('table', { description: 'Our name of the table.' }),
      bytes: t.exposeFloat('bytes', { description: 'What is kept, in bytes.' }),
      entries: t.exposeInt('entries', { description: 'How many rows, lists and sums are kept.' }),
      hits: t.exposeFloat('hits', {
        description: 'Values that came from memory since the start; of `answers`, whole answers.',
      }),
      joined: t.exposeFloat('joined', { description: 'Values that were read for another request at the same time.' }),
      fetched: t.exposeFloat('fetched', { description: 'Values that were read from Postgres.' }),
      hitRate: t.float({
        nullable: true,
        description: 'Hits by all values; null where there were none.',
        resolve: ({ hits, joined, fetched }) => hits / (hits + joined + fetched) || null,
      }),
    }),
  })
}

function addChangeType(builder: Builder) {
  return builder.objectRef<ChangeReport>('CacheChange').implement({
    description: 'A change of a table that this instance has heard of.',
    fields: (t) => ({
      table: t.exposeString('table', { description: 'Schema and name, quoted.' }),
      ageMs: t.exposeFloat('ageMs', { description: 'How long ago it was heard of, in ms.' }),
      lagMs: t.exposeFloat('lagMs', {
        nullable: true,
        description: 'How old it was then, in ms, its transaction included; null for synced tables.',
      }),
      tagCount: t.exposeInt('tagCount', { description: 'How many rows and lists it was about.' }),
      tags: t.exposeStringList('tags', { description: 'Hashes of the first ten of them.' }),
    }),
  })
}

function addForgetType(builder: Builder) {
  return builder.objectRef<CacheReport['forgets'][number]>('CacheForget').implement({
    description: 'Everything was forgotten, as often as this.',
    fields: (t) => ({
      cause: t.exposeString('cause', {
        description: 'Why: start, epoch, restart, pruned, backwards, authorization, proof.',
      }),
      count: t.exposeInt('count', { description: 'How often since the start.' }),
    }),
  })
}

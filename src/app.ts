import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import type { GraphQLSchema } from 'graphql'
import { type Config, ConfigError } from './config/index.ts'
import { createAppPassword, fixedPassword, type Refreshed } from './credentials/index.ts'
import { createDatabase, type Database, type DatabaseOptions } from './db/index.ts'
import { type Documents, readDocuments } from './documents/index.ts'
import { createSchema, domains } from './domains/index.ts'
import {
  createGraphQL,
  createListener,
  createMemoryRoute,
  type Finished,
  HitLog,
  type ListenerOptions,
  operateWith,
  RateLimit,
} from './http/index.ts'
import { type Authenticate, createAuthenticate, type Viewer } from './identity/index.ts'
import { messageOf } from './kernel/errors.ts'
import type { Observe } from './kernel/observe.ts'
import { createMetrics } from './metrics.ts'
import { createTiers } from './tiers.ts'
import { createWorkspace, type Workspace } from './workspace/index.ts'

export interface App {
  readonly listener: RequestListener
  /** From now on `/api/ready` says 503, so that nobody sends new work here; what comes is still answered. */
  drain(): void
  /** Gives everything back. Call it when no request is being answered any more. */
  close(): Promise<void>
}

export interface AppDependencies {
  readonly config: Config
  readonly observe: Observe
  /** The schema of all domains, unless it is to be another one. */
  readonly schema?: GraphQLSchema
}

/** Where this file lies, and below it what is read at run time: migrations, parts of a page. In `dist/` as in `src/`. */
const SOURCE = import.meta.dirname

/** The composition root: the only place where the parts of the app are made and meet. */
export function createApp({ config, observe, schema = createSchema(domains) }: AppDependencies): App {
  let draining = false
  // Nothing has been opened yet when this fails.
  const documents = documentsBy(config)
  const workspace = createWorkspace(config.workspace)
  const db = createDatabase(databaseOptions(config, workspace, observe))
  const hits = new HitLog(observe)
  const { feed, loading, responses, report } = createTiers<Finished>(config, { db, observe, hits: hits.counts })
  const engine = { schema, documents, operate: operateWith(loading), observe }
  const graphql = createGraphQL({ ...engine, introspection: config.introspection })
  const isOperator = isOperatorBy(config)
  const authenticate = authenticateBy(config, workspace)
  const rateLimit = new RateLimit(config.requestsPerSecond)
  const listener = createListener({
    ...{ authenticate, loading, feed, graphql, rateLimit, responses, hits, documents },
    trustedOnly: config.trustedDocumentsOnly ? (viewer) => !isOperator(viewer) : undefined,
    memory: createMemoryRoute({ responses, authenticate, authorizationOf: db.authorizationOf, feed, rateLimit }),
    requestTimeoutMs: config.requestTimeoutMs,
    graphiql: config.graphiql ? { examples: domains.flatMap((domain) => domain.examples), source: SOURCE } : undefined,
    exports: new Map(domains.flatMap((domain) => Object.entries(domain.exports ?? {}))),
    metrics: { text: createMetrics({ tally: loading.tally, report, hits: hits.counts }), mayRead: isOperator },
    missing: missingBy(db, () => draining),
    observe,
  })
  return {
    listener(request, response) {
      // Who keeps the connection would send the next request to a process that has gone.
      if (draining) response.shouldKeepAlive = false
      listener(request, response)
    },
    drain() {
      draining = true
    },
    async close() {
      hits.flush()
      await feed.stop()
      await db.close()
    },
  }
}

/** Those that come with the app, and those of the operator's folder. */
function documentsBy({ documentsFolder }: Config): Documents {
  const problems: string[] = []
  const folders = [join(SOURCE, 'documents', 'registered'), ...(documentsFolder === undefined ? [] : [documentsFolder])]
  const documents = readDocuments(folders, problems)
  if (problems.length > 0) throw new ConfigError(problems)
  return documents
}

function missingBy(db: Database, isDraining: () => boolean): ListenerOptions['missing'] {
  return () => {
    const database = db.notReadyBecause()
    return [
      ...(isDraining() ? [{ what: 'process', why: 'it is stopping' }] : []),
      ...(database === undefined ? [] : [{ what: 'database', why: database }]),
    ]
  }
}

/** Operators by what the workspace says of them: their name, or a group of theirs. */
function isOperatorBy({ database: { operators } }: Config): (viewer: Viewer) => boolean {
  return ({ userName, groups }) => [userName, ...groups].some((name) => operators.includes(name))
}

function authenticateBy(
  { database, endpoint, trustForwardedEmail, proof }: Config,
  workspace: Workspace,
): Authenticate {
  // Where viewers don't log in, their tokens need no scope for databases.
  const mintedFor = database.viewerAccess === 'login' ? endpoint : undefined
  return createAuthenticate({ workspace, endpoint: mintedFor, trustForwardedEmail, ...proof })
}

/** What the database side is made of, by the settings. */
export function databaseOptions(config: Config, workspace: Workspace, observe: Observe): DatabaseOptions {
  return {
    settings: { ...config.database, password: appPassword(config, workspace, observe) },
    tables: domains.flatMap(({ tables }) => tables),
    owned: domains.map(({ name, tables }) => ({
      domain: name,
      tables: tables.filter(({ origin }) => origin === 'owned'),
    })),
    namesOf: config.namesOf,
    isPublic: config.isPublic,
    rightsMs: config.rightsMs,
    idempotencyKeyMs: config.idempotencyKeyMs,
    source: SOURCE,
    observe,
  }
}

/** Tried every second: the same failure is told once a minute. */
const TELL_AGAIN_MS = 60_000

function appPassword({ appLogin }: Config, workspace: Workspace, observe: Observe): Refreshed {
  if ('password' in appLogin) return fixedPassword(appLogin.password)
  const told = { reason: '', at: 0 }
  const onFailure = (error: unknown): void => {
    const reason = messageOf(error)
    if (reason === told.reason && performance.now() - told.at < TELL_AGAIN_MS) return
    Object.assign(told, { reason, at: performance.now() })
    observe({ event: 'credential.failed', reason })
  }
  return createAppPassword({ workspace, ...appLogin, onFailure })
}

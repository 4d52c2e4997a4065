import type { Viewer } from './viewer.ts'

declare const made: unique symbol

/** Who may be shown what is kept in memory under it. Only `identity/` makes one: a key without a scope doesn't compile. */
export type CacheScope = string & { readonly [made]: true }

/** What is the same for all who may read the tables that it comes from. */
export const EVERYONE = 'everyone' as CacheScope

const known = new WeakMap<Viewer, CacheScope>()

/**
 * The scope of one proven principal: by the workspace's id and the role's name, since whoever gets another's name later is
 * another. Where the app speaks for viewers, by their groups too, which Postgres is told.
 */
export function scopeOf(viewer: Viewer): CacheScope {
  const found = known.get(viewer)
  if (found !== undefined) return found
  const { id, userName, groups, password } = viewer
  const scope = JSON.stringify([id, userName, password ? null : groups.toSorted()]) as CacheScope
  known.set(viewer, scope)
  return scope
}

const knownOfAnswers = new WeakMap<Viewer, CacheScope>()

/**
 * The scope of whole answers of one proven principal: by all that the workspace says of it, since an answer may show any of that, and
 * no feed of changes tells when it is otherwise.
 */
export function answerScopeOf(viewer: Viewer): CacheScope {
  const found = knownOfAnswers.get(viewer)
  if (found !== undefined) return found
  const { id, kind, userName, displayName, email = null, groups } = viewer
  const scope = JSON.stringify([id, kind, userName, displayName, email, groups.toSorted()]) as CacheScope
  knownOfAnswers.set(viewer, scope)
  return scope
}

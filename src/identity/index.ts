export { type Authenticate, createAuthenticate, type Known } from './authenticate.ts'
export { answerScopeOf, type CacheScope, EVERYONE, scopeOf } from './scope.ts'
export type { Viewer } from './viewer.ts'

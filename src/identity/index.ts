export { type Authenticate, createAuthenticate } from './authenticate.ts'
export { type CacheScope, EVERYONE, scopeOf } from './scope.ts'
export type { Viewer } from './viewer.ts'

export { type Authenticate, createAuthenticate } from './authenticate.ts'
export type { Viewer } from './viewer.ts'

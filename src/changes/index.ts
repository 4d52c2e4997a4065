export { Feed } from './feed.ts'
export type { ForgetCause, Heard } from './follower.ts'
export type { FeedOptions, FeedSettings } from './options.ts'
export { formatPosition, type Position, parsePosition } from './position.ts'

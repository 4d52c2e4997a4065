export { createAppPassword, fixedPassword } from './app-password.ts'
export { createRefreshed, type Refreshed } from './refreshed.ts'

import type { PrepareOptions } from '../prepare.ts'

/** What the app would be started with. */
export type DiagnoseOptions = Omit<PrepareOptions, 'observe'>

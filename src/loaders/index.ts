export { defineLoader, type Loader, type LoaderDefinition } from './define-loader.ts'
export { createLoadContext, type LoadContext } from './load-context.ts'
export { defineRowLoader, type RowKey } from './row-loader.ts'

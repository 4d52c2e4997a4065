export { type Audience, defineLoader, type Loader, type LoaderDefinition } from './define-loader.ts'
export { createLoadContext, type LoadContext } from './load-context.ts'
export { mergeRowKeys, type RowKey, rowKeyId } from './row-key.ts'

export { createListener } from './listener.ts'
export { operateWith } from './operate.ts'
export { createGraphQL } from './yoga.ts'

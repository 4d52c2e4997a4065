export { createListener } from './listener.ts'
export { createGraphQL } from './yoga.ts'

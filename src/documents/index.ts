export { Documents, readDocuments } from './documents.ts'
export { documentIdOf, type Manifest, parseManifest } from './manifest.ts'

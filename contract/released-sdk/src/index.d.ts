export type { CallOptions } from './call.ts';
export { type Args, type Client, createClient, type Method } from './client.ts';
export type { Document, ResultOf, VariablesOf } from './document.ts';
export { type ClientCode, type ErrorDetails, LakebaseError, type Problem } from './errors.ts';
export type * from './generated/operations.ts';
export type { ClientOptions, TokenProvider } from './options.ts';
export type { Connection } from './pages.ts';
export { type ServicePrincipalOptions, servicePrincipal } from './service-principal.ts';

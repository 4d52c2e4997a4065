import { type TokenProvider } from './options.ts';
export interface ServicePrincipalOptions {
    /** The workspace, with or without `https://`. */
    readonly host: string;
    readonly clientId: string;
    readonly clientSecret: string;
    /** In place of the platform's own. */
    readonly fetch?: typeof globalThis.fetch;
}
/**
 * Gives tokens of a service principal by OAuth's client credentials (RFC 6749 section 4.4), as Databricks has them for machines: asks for a
 * new one ahead of time, and once for all who wait.
 * @throws LakebaseError BAD_OPTIONS; what it returns: NO_TOKEN
 */
export declare function servicePrincipal(options: ServicePrincipalOptions): TokenProvider;

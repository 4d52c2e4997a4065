/**
 * Gives the token to send; called for each try, so it should remember what still holds.
 * @param rejected the token that the server has refused just now: give another one, or the same if there is none
 */
export type TokenProvider = (rejected?: string) => string | Promise<string>;
export interface ClientOptions {
    /** Of the app, such as `https://lakebase-123.aws.databricksapps.com`; in a browser left out for the page's own. */
    readonly url?: string | URL;
    /** For calls from a server, see `servicePrincipal()`; left out in a browser, where the platform knows who asks. */
    readonly token?: TokenProvider;
    /** For a whole call, all tries included, in ms: 30,000. */
    readonly timeoutMs?: number;
    /** For one try, in ms: 12,000. The server's own limit is 10,000 as a rule. */
    readonly tryTimeoutMs?: number;
    /** How many more tries what is safe to repeat gets: 3. */
    readonly retries?: number;
    /** In place of the platform's own. */
    readonly fetch?: typeof globalThis.fetch;
}
/** @throws LakebaseError BAD_OPTIONS for an address that can't be right, or where the token wouldn't be safe */
export declare function addressOf({ url, token }: Pick<ClientOptions, 'url' | 'token'>): string;
export declare const isLoopback: (host: string) => boolean;

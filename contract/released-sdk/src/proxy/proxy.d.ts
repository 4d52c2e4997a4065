import { type TokenProvider } from '../options.ts';
import { type NodeRequest, type NodeResponse } from './forms.ts';
export interface ProxyOptions {
    /** Of the app that serves GraphQL. */
    readonly url: string | URL;
    /**
     * Whose requests they become, as a rule those of this app's service principal: then all users of this app see what that one may see, so
     * give it no more rights than that, or name `documents`.
     */
    readonly token: TokenProvider;
    /** Ids of the only documents that are forwarded, such as the keys of this app's manifest; all others are refused. */
    readonly documents?: readonly string[];
    /** For one request, in ms: 15,000. */
    readonly timeoutMs?: number;
    readonly fetch?: typeof globalThis.fetch;
}
/** Answers a request to this app's own server, in the Fetch API's terms or Node's; it never throws. */
export interface Proxy {
    (request: Request): Promise<Response>;
    /** For `node:http`, and for Express: `app.use('/api/graphql', proxy.node)`, before any parser of bodies or after it. */
    node(request: NodeRequest, response: NodeResponse): void;
}
/**
 * Forwards GraphQL from the pages of an app to the API, by the app's own server, since pages can call their own origin only.
 * @throws LakebaseError BAD_OPTIONS
 */
export declare function createProxy(options: ProxyOptions): Proxy;

import type { DocumentText } from './document.ts';
import { type ClientOptions } from './options.ts';
/** Of one call. */
export interface CallOptions {
    /** Ends the call; what it has done by then stays done. */
    readonly signal?: AbortSignal;
    /** For the whole call, in ms. */
    readonly timeoutMs?: number;
    /** Of a mutation: a key of your own, so that it's done once even if the process that asks for it begins anew. */
    readonly idempotencyKey?: string;
}
/** How documents are sent: in tries, each of which waits for its turn. */
export declare class Calls {
    #private;
    constructor({ timeoutMs, tryTimeoutMs, retries, fetch, token, ...rest }: ClientOptions);
    /** @returns `data` @throws LakebaseError */
    send(document: DocumentText, variables: object, { signal, timeoutMs, idempotencyKey }: CallOptions): Promise<unknown>;
}

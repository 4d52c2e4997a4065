/** What the SDK itself says; all other codes are the server's (its `docs/errors.md` lists them). */
export type ClientCode = 
/** The options don't go together, or an address is none. */
'BAD_OPTIONS'
/** Nothing came back, or only a part: the network, a proxy, or the app is down. */
 | 'NETWORK'
/** The time for the call is over, all tries included. */
 | 'TIMED_OUT'
/** The caller's own signal. */
 | 'ABORTED'
/** The platform's login page answered. */
 | 'LOGIN_REQUIRED'
/** Something answered that isn't this API. */
 | 'NOT_GRAPHQL'
/** An answer of the API that can't be read. */
 | 'BAD_ANSWER'
/** The token provider gave none. */
 | 'NO_TOKEN'
/** The server's schema and this build's documents don't fit. */
 | 'SCHEMA_MISMATCH';
/** One thing that went wrong. */
export interface Problem {
    readonly code: string;
    readonly message: string;
    /** Which field, such as `trips.nodes.3.fare`; undefined where it is the operation as a whole. */
    readonly path: string | undefined;
    /** The argument at fault, such as `filter.pickupZip`. */
    readonly argument: string | undefined;
}
/** What may be known of a failure. */
export interface ErrorDetails {
    /** HTTP's. */
    readonly status?: number | undefined;
    /** For whoever runs the app: its log has the details under it. */
    readonly requestId?: string | undefined;
    readonly problems?: readonly Problem[] | undefined;
    /** What was answered in spite of it. */
    readonly data?: unknown;
    /** How long to wait before another try, in ms. */
    readonly retryAfterMs?: number | undefined;
    readonly cause?: unknown;
}
/** Every failure of a call. No message has a token in it. */
export declare class LakebaseError extends Error {
    readonly name = "LakebaseError";
    /** For programs: a `ClientCode`, or one of the server's. */
    readonly code: ClientCode | (string & {});
    readonly status: number | undefined;
    readonly requestId: string | undefined;
    readonly problems: readonly Problem[];
    readonly data: unknown;
    readonly retryAfterMs: number | undefined;
    /** Of a walk through pages: `pages({ after })` goes on from here. */
    after: string | undefined;
    constructor(code: LakebaseError['code'], message: string, details?: ErrorDetails);
}

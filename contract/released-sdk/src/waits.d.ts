import { LakebaseError } from './errors.ts';
/**
 * How long to wait before another try, in ms: what the server said, else twice as long each time, of which a random part, so that many
 * clients don't come back at once ("full jitter", https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 */
export declare function backOff(tries: number, retryAfterMs: number | undefined): number;
/** `Retry-After` in ms: seconds, or a date (RFC 9110 section 10.2.3) read by the server's own clock, since ours may be wrong. */
export declare function retryAfterOf(headers: Headers): number | undefined;
/** Ends a call when its time is up or its caller wants. */
export declare class Deadline {
    #private;
    constructor(timeoutMs: number, caller: AbortSignal | undefined);
    get signal(): AbortSignal;
    /** To be called when the call is over: a caller's signal may live long. */
    release(): void;
    /** Why the signal has aborted. @param last what the last try met */
    error(last?: unknown): LakebaseError;
    /** Waits. @throws LakebaseError `last` if there isn't time enough: what the server has said is worth more than that time is up */
    wait(ms: number, last: LakebaseError): Promise<void>;
}
/** What `promise` gives, unless the signal aborts first. Whatever becomes of it later is nobody's concern any more. */
export declare function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T>;

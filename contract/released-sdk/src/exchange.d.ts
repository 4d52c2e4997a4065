import type { Answers } from './answers.ts';
import type { DocumentText } from './document.ts';
import { LakebaseError } from './errors.ts';
/** One try of a call. */
export interface Try {
    readonly address: string;
    readonly document: DocumentText;
    readonly variables: object;
    readonly token: string | undefined;
    readonly position: string | undefined;
    readonly idempotencyKey: string | undefined;
    /** Sends the text in place of its id, since the server doesn't know that. */
    readonly asText: boolean;
    readonly answers: Answers;
    readonly fetch: typeof globalThis.fetch;
    readonly signal: AbortSignal;
}
/** What the API has answered. */
export interface Answer {
    readonly data: unknown;
    readonly error: LakebaseError | undefined;
    /** `X-Position`. */
    readonly position: string | null;
}
/**
 * Asks once, by GET with the validator of what is held for a query, by POST else (GraphQL over HTTP, and its appendix on persisted
 * documents).
 * @throws LakebaseError for whatever is no answer of the API; what `fetch` throws
 */
export declare function exchange(asked: Try): Promise<Answer>;

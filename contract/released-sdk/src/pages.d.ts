import type { CallOptions } from './call.ts';
/** One page of a list (Relay's cursor connections). */
export interface Connection {
    readonly nodes: readonly unknown[];
    readonly pageInfo: {
        readonly hasNextPage: boolean;
        readonly endCursor?: string | null;
    };
}
type Load = (variables: object, options?: CallOptions) => Promise<unknown>;
/** Walks the pages of a list; each page is a call of its own, with all its tries. */
export declare function walk(name: string, load: Load): (variables?: {
    readonly after?: string | null;
}, options?: CallOptions) => AsyncGenerator<unknown, void, undefined>;
export {};

import { type CallOptions } from './call.ts';
import type { Document, VariablesOf } from './document.ts';
import { operations } from './generated/operations.ts';
import type { ClientOptions } from './options.ts';
import { type Connection } from './pages.ts';
type Operations = typeof operations;
/** Variables may be left out where none is required. */
export type Args<Variables> = Record<never, never> extends Variables ? [variables?: Variables, options?: CallOptions] : [variables: Variables, options?: CallOptions];
/** A mutation is null only where it has failed, and then it throws. */
type Answered<D> = D extends Document<infer Result, infer _> ? D extends {
    readonly kind: 'mutation';
} ? NonNullable<Result[keyof Result]> : Result[keyof Result] : never;
interface Pages<Variables, Page> {
    /**
     * Walks all pages from the first, or from `after`, and gives what is on them one by one. An error's `after` says where to go on.
     */
    pages(variables?: Omit<Variables, 'last' | 'before'>, options?: CallOptions): AsyncGenerator<Page extends {
        readonly nodes: readonly (infer Item)[];
    } ? Item : never, void, undefined>;
}
/** An operation as a method: it gives its one field. */
export type Method<D> = ((...args: Args<VariablesOf<D>>) => Promise<Answered<D>>) & (Answered<D> extends Connection ? Pages<VariablesOf<D>, Answered<D>> : unknown);
/** A method for each operation of the SDK, and `query` and `mutate` for documents of your own. */
export type Client = {
    readonly [Name in keyof Operations]: Method<Operations[Name]>;
} & {
    /** Sends a query of your own. @throws LakebaseError */
    query<Result, Variables>(document: Document<Result, Variables> & {
        readonly kind: 'query';
    }, ...args: Args<Variables>): Promise<Result>;
    /** Sends a mutation of your own, once however many tries it takes. @throws LakebaseError */
    mutate<Result, Variables>(document: Document<Result, Variables> & {
        readonly kind: 'mutation';
    }, ...args: Args<Variables>): Promise<Result>;
};
/**
 * Makes a client of one app for one viewer. It remembers how current its answers must be and the last answers themselves; so keep it, and
 * share it among all who ask as the same viewer.
 * @throws LakebaseError BAD_OPTIONS
 */
export declare function createClient(options?: ClientOptions): Client;
export {};

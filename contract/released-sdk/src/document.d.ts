/** One operation of a build: its text, and the id that stands for it on the wire. */
export interface DocumentText {
    readonly kind: 'query' | 'mutation';
    readonly name: string;
    /** `sha256:` and the hash of `text` in UTF-8, in hexadecimal: the server makes it in the same way. */
    readonly id: string;
    readonly text: string;
}
/** With its types. Made by `lakebase-documents` and by the SDK's own build, never by hand. */
export interface Document<Result, Variables> extends DocumentText {
    /** For the compiler alone: no value has it. */
    readonly '~types'?: (variables: Variables) => Result;
}
/** What a document is answered with. */
export type ResultOf<D> = D extends Document<infer Result, infer _> ? Result : never;
/** What a document takes. */
export type VariablesOf<D> = D extends Document<infer _, infer Variables> ? Variables : never;

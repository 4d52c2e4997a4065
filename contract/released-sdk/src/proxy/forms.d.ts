/** A request to a proxy, whatever server it came to. */
export interface Asked {
    readonly method: string;
    /** With its `?`, or empty. */
    readonly search: string;
    readonly headers: Headers;
    readonly body: AsyncIterable<Uint8Array>;
}
/** What is needed of `http.IncomingMessage`, and of Express's request. */
export interface NodeRequest extends AsyncIterable<Uint8Array> {
    readonly method?: string | undefined;
    readonly url?: string | undefined;
    readonly headers: Readonly<Record<string, string | string[] | undefined>>;
    /** What a parser has made of the body. */
    readonly body?: unknown;
}
/** What is needed of `http.ServerResponse`. */
export interface NodeResponse {
    writeHead(status: number, headers: Record<string, string>): unknown;
    end(body: Uint8Array): unknown;
    on(event: 'close', listener: () => void): unknown;
}
export declare function fromFetch({ method, url, headers, body }: Request): Asked;
export declare function fromNode(request: NodeRequest): Asked;
export declare function toNode(answer: Response, response: NodeResponse): Promise<void>;

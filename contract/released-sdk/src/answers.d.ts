interface Held {
    readonly etag: string;
    readonly text: string;
}
/**
 * Answers by their address, the least wanted forgotten first. They are kept as text, since whoever has one may change it. A validator is
 * the hash of an answer, so what it names is the same for every viewer.
 */
export declare class Answers {
    #private;
    get(url: string): Held | undefined;
    set(url: string, held: Held): void;
}
export {};

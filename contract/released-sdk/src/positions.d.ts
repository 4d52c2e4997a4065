/** A position that was wanted at some time; the object itself says when. */
export interface Wanted {
    readonly text: string | undefined;
}
/**
 * How far answers must at least be current, so that what one has written or seen is never missing from a later answer, whichever instance
 * gives it.
 */
export declare class Positions {
    #private;
    /** What a request that is sent now has to ask for. */
    get wanted(): Wanted;
    /** An answer has said how far it is current. @param asked what its request was sent with */
    note(asked: Wanted, given: string): void;
    /** Something may have been done, and nobody knows up to where. */
    distrust(): void;
}

import type { TokenProvider } from './options.ts';
/** A provider's token, if it is one that can be sent. @throws LakebaseError NO_TOKEN */
export declare function tokenOf(provide: TokenProvider, rejected: string | undefined): Promise<string>;

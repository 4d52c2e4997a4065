import { LakebaseError } from './errors.ts'
import type { TokenProvider } from './options.ts'

/** A provider's token, if it is one that can be sent. @throws LakebaseError NO_TOKEN */
export async function tokenOf(provide: TokenProvider, rejected: string | undefined): Promise<string> {
  let token: unknown
  try {
    token = await provide(rejected)
  } catch (cause) {
    if (cause instanceof LakebaseError) throw cause
    throw new LakebaseError('NO_TOKEN', 'The token provider failed; cause says how.', { cause })
  }
  if (typeof token === 'string' && /^[\x21-\x7e]+$/.test(token)) return token
  throw new LakebaseError('NO_TOKEN', 'The token provider must give a text of visible ASCII characters.')
}

/** A token of Databricks, an OAuth secret of it, a JWT, a private key or certificate, `user:password@`. */
const SECRETS = [
  /dapi[0-9a-f]{8,}(-\d+)?/gi,
  /dose[0-9a-f]{8,}/gi,
  /\bey[\w-]{10,}\.[\w-]{10,}(\.[\w-]*)?/g,
  /-----BEGIN [\s\S]*?(-----END [A-Z ]+-----|$)/g,
  /[^\s/:@“”"']+:[^\s@“”"']+@/g,
]
/** Long enough for no word, and for every token there is. */
const LONG_WORD = /[A-Za-z0-9_+=-]{24,}/g

/**
 * A text without what looks like a secret, and without each of `known`: for messages that repeat what somebody has set,
 * perhaps in the wrong place.
 */
export function withoutSecrets(text: string, known: readonly string[] = []): string {
  const hidden = known
    .filter((secret) => secret.length > 3)
    .reduce((rest, secret) => rest.replaceAll(secret, '…'), text)
  return SECRETS.reduce((rest, pattern) => rest.replace(pattern, '…'), hidden)
}

/** Whether a text has something in it that nobody should read. */
export function looksSecret(text: string): boolean {
  return withoutSecrets(text) !== text
}

/** What somebody has set, fit for a message; undefined where it might be a secret. */
export function shown(value: string, most = 60): string | undefined {
  return looksSecret(value) || value.includes('@') || value.match(LONG_WORD) ? undefined : value.slice(0, most)
}

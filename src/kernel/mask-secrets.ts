/**
 * What a secret looks like: tokens of Databricks and others, a JWT, a private key or certificate, `Bearer …`, what follows
 * `password=`, and `user:password@`, though not in quotes, where names of roles stand.
 */
const SECRETS = [
  /dapi[0-9a-f]{8,}(-\d+)?/gi,
  /(dose|dkea)[0-9a-f]{20,}/gi,
  /\bgh[a-z]_[A-Za-z0-9]{10,}/g,
  /\beyJ[\w-]{8,}(\.[\w-]*)*/g,
  /-----BEGIN [\s\S]*?(-----END [A-Z ]+-----|$)/g,
  /\b(Bearer|Basic) [\w\-.~+/]+=*/g,
  /\b\w{0,40}(password|passwd|token|secret)\w{0,40}["']?\s?[=:]\s?["'][^"']*["']/gi,
  /\b\w{0,40}(password|passwd|token|secret)\w{0,40}=[^\s"']+/gi,
  /:\/\/[^\s/]{0,200}@/g,
  /(?<![\w"'“.:-])[\w.-]{1,60}:[^\s:“”"']{1,200}@/g,
]
/** What can stand for a number or a word of a list, misspelled. */
const HARMLESS = /^[\w.-]{1,12}$/

/**
 * A text without what looks like a secret, and without each of `known`: for messages that repeat what somebody has set,
 * perhaps in the wrong place.
 */
export function withoutSecrets(text: string, known: readonly string[] = []): string {
  const forms = known.filter((secret) => secret.length > 3).flatMap((secret) => [secret, encodeURIComponent(secret)])
  const hidden = forms.reduce((rest, secret) => rest.replaceAll(secret, '…'), text)
  return SECRETS.reduce((rest, pattern) => rest.replace(pattern, '…'), hidden)
}

/** Whether a text has something in it that nobody should read. */
export function looksSecret(text: string): boolean {
  return withoutSecrets(text) !== text
}

/** What somebody has set, if that is short and plain: a message may repeat it. Undefined for anything that might be a secret. */
export function shown(value: string): string | undefined {
  return HARMLESS.test(value) && !looksSecret(value) ? value : undefined
}

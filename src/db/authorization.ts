import { hash } from 'node:crypto'

/** A short text for what decides who may see what: the same for the same parts, and for others another. */
export function toAuthorization(...parts: readonly unknown[]): string {
  return hash('sha256', JSON.stringify(parts), 'base64')
}

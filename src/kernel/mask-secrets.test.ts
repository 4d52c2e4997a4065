import { describe, expect, it } from 'vitest'
import { looksSecret, shown, withoutSecrets } from './mask-secrets.ts'

describe('a message', () => {
  it.each([
    ['dapi0123456789abcdef0123456789abcdef', '…'],
    ['dapi0123456789abcdef0123456789abcdef-2 is it', '… is it'],
    ['PGHOST is “app:hunter2@db”', 'PGHOST is “…db”'],
    ['postgres://app:hunter2/9@db/x', '…db/x'],
    ['eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl', '…'],
    ['open -----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY----- now', 'open … now'],
  ])('has no secret left of “%s”', (text, rest) => {
    expect(withoutSecrets(text)).toBe(rest)
    expect(looksSecret(text)).toBe(true)
  })

  it.each(['ann@example.com', 'https://example.cloud.databricks.com:443/x', 'projects/p/branches/b', '10:30'])(
    'keeps “%s”',
    (text) => {
      expect(withoutSecrets(text)).toBe(text)
    },
  )

  it('has none of those that are known either', () => {
    expect(withoutSecrets('connect as hunter2, x', ['hunter2', 'x'])).toBe('connect as …, x')
  })

  it('repeats a value only if it is no secret', () => {
    expect([shown('70000'), shown('me@db'), shown('0123456789abcdef01234567')]).toEqual(['70000', undefined, undefined])
  })
})

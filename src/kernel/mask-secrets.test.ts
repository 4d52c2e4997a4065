import { describe, expect, it } from 'vitest'
import { looksSecret, shown, withoutSecrets } from './mask-secrets.ts'

describe('a message', () => {
  it.each([
    ['dapi0123456789abcdef0123456789abcdef', '…'],
    ['dapi0123456789abcdef0123456789abcdef-2 is it', '… is it'],
    ['PGHOST is app:hunter2@db', 'PGHOST is …db'],
    ['postgres://app:p@ss@db/x', 'postgres…db/x'],
    ['https://token@db/x', 'https…db/x'],
    ['eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl', '…'],
    ['open -----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY----- now', 'open … now'],
    ['{"access_token": "abc", "x": 1}', '{"…, "x": 1}'],
    ['host=db password=hunter2 user=app', 'host=db … user=app'],
    ['Authorization: Bearer abc.def', 'Authorization: …'],
  ])('has no secret left of “%s”', (text, rest) => {
    expect(withoutSecrets(text)).toBe(rest)
    expect(looksSecret(text)).toBe(true)
  })

  it.each([
    'ann@example.com',
    'https://example.cloud.databricks.com:443/x',
    'projects/p/branches/b',
    '10:30',
    'ALTER ROLE "svc:one@example.com" NOBYPASSRLS;',
    'DATABRICKS_CLIENT_SECRET: missing. Set it.',
    'eyeglasses_table.measurements_of_eyes',
    'the token’s owner: ann@example.com',
  ])('keeps “%s”', (text) => {
    expect(withoutSecrets(text)).toBe(text)
  })

  it('is looked through in no time, however long it is', () => {
    const began = performance.now()
    for (const text of ['a'.repeat(100_000), 'a:'.repeat(50_000), 'token'.repeat(20_000)]) looksSecret(text)
    expect(performance.now() - began).toBeLessThan(500)
  })

  it('has none of those that are known either', () => {
    expect(withoutSecrets('connect as hunter2, x', ['hunter2', 'x'])).toBe('connect as …, x')
  })

  it('repeats a value only if it is no secret', () => {
    expect(['70000', 'verify-full', 'me@db', 'hunter2hunter2', ''].map(shown)).toEqual([
      '70000',
      'verify-full',
      undefined,
      undefined,
      undefined,
    ])
  })
})

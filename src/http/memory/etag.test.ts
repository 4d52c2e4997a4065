import { describe, expect, it } from 'vitest'
import { codingFor } from './coding.ts'
import { etagOf, namedBy, withCoding } from './etag.ts'

describe('a validator', () => {
  it('is strong and quoted, the same for the same bytes, and another for others and for each coding', () => {
    const etag = etagOf('{"data":1}', 'application/json')
    expect(etag).toMatch(/^"[\w-]{43}"$/)
    expect(etagOf(Buffer.from('{"data":1}'), 'application/json')).toBe(etag)
    expect(etagOf('{"data":1}', 'application/graphql-response+json')).not.toBe(etag)
    expect(etagOf('{"data":2}', 'application/json')).not.toBe(etag)
    expect(withCoding(etag, 'gzip')).toBe(`${etag.slice(0, -1)}-gzip"`)
    expect(withCoding(etag, undefined)).toBe(etag)
  })
})

// RFC 9110 sections 8.8.3 and 13.1.2. We have "a" as it is, and "a-gzip".
describe('If-None-Match', () => {
  const OURS = ['"a"', '"a-gzip"']
  it.each([
    ['"a"', '"a"'],
    ['"a-gzip"', '"a-gzip"'],
    ['W/"a"', '"a"'],
    ['"b", "a"', '"a"'],
    ['"b","a"', '"a"'],
    ['"b" , W/"a-gzip"', '"a-gzip"'],
    [' "a" ', '"a"'],
    ['"b", "a",', '"a"'],
    ['*', '"a"'],
    [' * ', '"a"'],
  ])('%s names %s', (header, named) => {
    expect(namedBy(header, OURS)).toBe(named)
  })

  it.each([
    ['another one', '"b"'],
    ['another, weak', 'W/"b"'],
    ['none', undefined],
    ['nothing', ''],
    ['without quotes', 'a'],
    ['half quoted', '"a'],
    ['in a text', '"x"a"'],
    ['in other letters', '"A"'],
    ['a small w', 'w/"a"'],
    ['a list that isn’t one', '"b" "a"'],
    ['a star in a list', '"b", *'],
    ['a quoted star', '"*"'],
    ['a part of it', '"a-"'],
    ['too many', `${'"b", '.repeat(2_000)}"a"`],
  ])('names none of ours: %s', (_what, header) => {
    expect(namedBy(header, OURS)).toBeUndefined()
  })

  it('takes no longer for what is made to take long', () => {
    const began = performance.now()
    for (const text of ['"a",'.repeat(1_000), '"'.repeat(4_000), `${' '.repeat(4_000)}x`, `"a"${' '.repeat(4_000)}x`]) {
      namedBy(text, OURS)
    }
    expect(performance.now() - began).toBeLessThan(200)
  })
})

describe('Accept-Encoding', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['identity', undefined],
    ['gzip', 'gzip'],
    ['GZIP', 'gzip'],
    ['gzip, deflate, br', 'br'],
    ['br;q=0.5, gzip', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['gzip;q=0', undefined],
    ['*', 'br'],
    ['*;q=0, gzip', 'gzip'],
    ['br;q=x', undefined],
    ['deflate', undefined],
  ])('%s is answered in %s', (header, coding) => {
    expect(codingFor(header)).toBe(coding)
  })
})

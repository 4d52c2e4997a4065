import { afterAll, beforeAll, expect, it } from 'vitest'
import { domains } from '../src/domains/index.ts'
import { startTestApp, type TestApp } from './support/test-app.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp({ environment: { OPERATORS: 'alice@example.com' } })
})
afterAll(() => app.close())

const examples = domains.flatMap(({ name, examples }) =>
  examples.map((example, at) => [name, at + 1, example] as const),
)

it.each(examples)(
  'the example of %s, number %i, works for whom it says, and shows something',
  async (_name, _at, example) => {
    const [, persona] = /Choose (\S+@\S+)/.exec(example) ?? []
    const { data, errors } = await app.query(example, {}, persona)
    expect(errors).toBeUndefined()
    // Rows that the audit keeps, and overlaps, may well have nothing in some places.
    const maybeEmpty = /"(before|after)":(\{[^}]*\}|null)|"overlaps":\[\]|"requestId":null/g
    expect(JSON.stringify(data).replaceAll(maybeEmpty, '')).not.toMatch(/\[\]|null|"code"/)
  },
)

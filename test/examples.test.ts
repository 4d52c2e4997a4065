import { afterAll, beforeAll, expect, it } from 'vitest'
import { domains } from '../src/domains/index.ts'
import { startTestApp, type TestApp } from './support/test-app.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

it.each(domains.map(({ name, example }) => [name, example]))('the example of %s shows rows', async (_name, example) => {
  const { data, errors } = await app.query(example)
  expect(errors).toBeUndefined()
  expect(JSON.stringify(data)).not.toMatch(/\[\]|null/)
})

import { expect } from 'vitest'
import type { GraphQLAnswer } from './post.ts'
import type { TestApp } from './test-app.ts'

/** Small, typed, without anything of the inside, and refused before Postgres heard of it. */
export function expectRefused(app: TestApp, answer: GraphQLAnswer, code: string, argument?: string): void {
  expect(answer.status).toBeLessThan(500)
  expect(answer.errors?.[0]?.extensions).toMatchObject({ code, requestId: expect.any(String) })
  if (argument !== undefined) expect(answer.errors?.[0]?.extensions.argument).toBe(argument)
  const text = JSON.stringify(answer.errors)
  expect(text.length).toBeLessThan(8_000)
  expect(text).not.toMatch(/select |tpep_|at .*\.ts:|node_modules|127\.0\.0\.1/i)
  expect(app.statements()).toEqual([])
}

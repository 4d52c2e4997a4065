import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dayAhead, mutationOf } from '../../../test/support/holiday-mutations.ts'
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts'

const BOB = 'bob@example.com'
const [APPROVE, CREATE] = [mutationOf('approve'), mutationOf('create')]

describe('bad input', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await startTestApp()
  })
  afterAll(() => app.close())

  it.each([
    ['a note of a million characters', { note: 'x'.repeat(900_000) }, 'input.note'],
    ['a note that is a character too long', { note: '🏖'.repeat(2_001) }, 'input.note'],
    ['a note with NUL', { note: 'a\0b' }, 'input.note'],
    ['a note with half an emoji', { note: '\ud83c' }, 'input.note'],
    ['an id of another type', { id: 'VHJpcDox' }, 'input.id'],
  ])('%s is refused before anything is asked of Postgres', async (_what, wrong, argument) => {
    app.statements()
    const { data, errors } = await app.query(APPROVE, { input: { id: '4', version: 1, ...wrong } })
    expect(data).toEqual({ result: null })
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument } }])
    expect(app.statements()).toEqual([])
  })

  it.each(['status', 'manager', 'version', 'requester', 'employeeName', 'decidedBy', 'managerNote'])(
    'nobody can set %s when asking',
    async (field) => {
      const input = { startDate: dayAhead(10), endDate: dayAhead(11), [field]: 'APPROVED' }
      const { errors } = await app.query(CREATE, { input }, BOB)
      expect(errors?.[0]?.message).toContain(`"${field}"`)
    },
  )

  it.each([[{ version: '1' }], [{ version: 1.5 }], [{ version: null }], [{ version: 2 ** 31 }]])(
    'a version like %j is refused',
    async (wrong) => {
      const { errors } = await app.query(APPROVE, { input: { id: '4', ...wrong } })
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
    },
  )

  it('a mutation by GET is 405, and changes nothing', async () => {
    const query = 'mutation { approveHolidayRequest(input: { id: "4", version: 1 }) { __typename } }'
    const answer = await fetch(`${app.url}/api/graphql?query=${encodeURIComponent(query)}`)
    expect(answer.status).toBe(405)
    expect(app.statements()).toEqual([])
  })
})

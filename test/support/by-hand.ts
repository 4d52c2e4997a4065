import type { Json } from './post.ts'
import type { TestApp } from './test-app.ts'

const TABLE = 'holidays.holiday_requests'

/** Holiday requests by psql, past our API, as the role of whoever does it. */
export interface ByHand {
  run(role: string, text: string, values?: unknown[]): Promise<Json[]>
  /** SQLSTATE and words of a refusal. */
  refusal(role: string, text: string): Promise<string>
  /** A pending request of a role's own, on days that nobody else has asked for. */
  pendingOf(role: string): Promise<{ id: number; first: string }>
  rowOf(id: number): Promise<Json>
  /** So many days from today on, never the same ones again. */
  nextDay(): number
}

/** `app` is asked for when it is needed: tests make theirs before they begin. */
export function byHand(app: () => TestApp): ByHand {
  let day = 60
  const run: ByHand['run'] = (role, text, values = []) =>
    app().sql(async (client) => (await client.query(text, values)).rows, role)
  const nextDay = () => {
    day += 5
    return day
  }
  return {
    run,
    nextDay,
    async refusal(role, text) {
      try {
        await run(role, text)
      } catch (error) {
        if (error instanceof Error && 'code' in error) return `${error.code}: ${error.message}`
        throw error
      }
      return 'nothing was refused'
    },
    async pendingOf(role) {
      const ahead = nextDay()
      const [row] = await run(
        role,
        `insert into ${TABLE} (start_date, end_date) select current_date + ${ahead}, current_date + ${ahead + 2}
         returning request_id as id, start_date::text as first`,
      )
      return row
    },
    rowOf: async (id) => (await run('postgres', `select * from ${TABLE} where request_id = ${id}`))[0],
  }
}

/** An UPDATE of one request. */
export const set = (assignments: string, id: number): string =>
  `update ${TABLE} set ${assignments} where request_id = ${id}`

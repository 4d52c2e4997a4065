import type { Row } from '../../db/index.ts'
import { defineLoader, defineRowLoader } from '../../loaders/index.ts'
import { MET, overlapsOf, type RequestDays } from './queries.ts'
import { employees, holidayRequests } from './table.ts'

/** A request by its number. */
export const requestById = defineRowLoader(holidayRequests)

/** An employee by e-mail address. */
export const employeeByEmail = defineRowLoader(employees)

export interface OverlapsKey extends RequestDays {
  readonly size: number
  readonly columns: readonly string[]
}

/** Other requests on the days of a request; one statement for all requests of which as many are asked for. */
export const overlapsOfRequest = defineLoader<OverlapsKey, readonly Row[]>({
  name: 'holidayRequests.overlapsOf',
  audience: 'viewer',
  idOf: ({ id, startDate, endDate, size, columns }) => JSON.stringify([id, startDate, endDate, size, columns]),
  groupOf: ({ size, columns }) => JSON.stringify([size, columns]),
  statement: (tables, keys) => overlapsOf(tables, keys, keys[0]),
  pick(rows) {
    const byRequest = Map.groupBy(rows, (row) => row[MET])
    return ({ id }) => byRequest.get(id) ?? []
  },
})

import type { Domain } from '../domain.ts'
import { HOLIDAYS_EXAMPLE } from './example.ts'
import { addHolidays } from './graphql.ts'
import { holidaySamples } from './samples.ts'
import { employees, holidayRequests } from './table.ts'

export const holidays: Domain = {
  name: 'holidays',
  tables: [holidayRequests, employees],
  example: HOLIDAYS_EXAMPLE,
  addTo: addHolidays,
  samples: holidaySamples,
}

import type { Domain } from '../domain.ts'
import { HOLIDAYS_EXAMPLES } from './example.ts'
import { addHolidays } from './graphql.ts'
import { holidaySamples } from './samples.ts'
import { employees, holidayRequests } from './table.ts'

export const holidays: Domain = {
  name: 'holidays',
  tables: [holidayRequests, employees],
  examples: HOLIDAYS_EXAMPLES,
  addTo: addHolidays,
  samples: holidaySamples,
}

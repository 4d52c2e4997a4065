import { defineRowLoader } from '../../loaders/index.ts'
import { employees, holidayRequests } from './table.ts'

/** A request by its number. */
export const requestById = defineRowLoader(holidayRequests)

/** An employee by e-mail address. */
export const employeeByEmail = defineRowLoader(employees)

import { operatorQuestion } from '../db/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { LoadContext } from './load-context.ts'

/** Whether the viewer is an operator. Postgres is asked: it decides what operators see, and this only says so early. */
export async function isOperator({ read }: LoadContext): Promise<boolean> {
  const [row] = await read('viewer', operatorQuestion)
  return row?.['operator'] === 't'
}

/** 403: what only operators see. */
export function operatorsOnly(): AppError {
  return new AppError('FORBIDDEN', 'This is for operators; the setting OPERATORS names them.')
}

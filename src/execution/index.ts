export { executePlan } from './execute-plan.ts'
export { bare, planQuery, type QueryPlan } from './plan.ts'

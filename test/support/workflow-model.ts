import type { Verb } from './holiday-mutations.ts'

/** A request as the model has it; days count from today. */
export interface ModelRequest {
  readonly id: string
  readonly requester: string
  readonly first: number
  readonly last: number
  status: string
  version: number
  /** Whom the decision was, or is. */
  decidedBy: string | null
}

/** A step that somebody takes. */
export interface ModelStep {
  readonly verb: Exclude<Verb, 'create'>
  readonly by: string
  readonly id: string
  readonly version: number
}

const STATUS = { approve: 'Approved', reject: 'Rejected', withdraw: 'Withdrawn' } as const

/** What the workflow of holiday requests ought to do, in the plainest words. */
export class WorkflowModel {
  /** Each employee's manager. */
  readonly chart: Map<string, string | null>
  readonly requests = new Map<string, ModelRequest>()
  effects = 0

  constructor(chart: Map<string, string | null>) {
    this.chart = chart
  }

  sees(person: string, { requester }: ModelRequest): boolean {
    return requester === person || this.chart.get(requester) === person
  }

  /** Why a request for these days is refused, if it is. */
  refusalOf(by: string, first: number, last: number): string | undefined {
    if (!this.chart.has(by)) return 'NOT_ALLOWED'
    if (last < first) return 'INVALID_DATES'
    const own = [...this.requests.values()].filter(({ requester }) => requester === by)
    const meets = own.some(
      (each) => ['Pending', 'Approved'].includes(each.status) && each.first <= last && each.last >= first,
    )
    return meets ? 'OVERLAP' : undefined
  }

  add(id: string, requester: string, days: { first: number; last: number }): void {
    this.requests.set(id, { id, requester, ...days, status: 'Pending', version: 1, decidedBy: null })
    this.effects++
  }

  /** Takes a step, or says why not. */
  take({ verb, by, id, version }: ModelStep): string | undefined {
    const request = this.requests.get(id)
    if (!request || !this.sees(by, request)) return 'NOT_FOUND'
    if (request.status !== 'Pending') return 'ALREADY_DECIDED'
    if (request.version !== version) return 'VERSION_CONFLICT'
    const own = request.requester === by
    if ((verb === 'withdraw') !== own) return 'NOT_ALLOWED'
    request.status = STATUS[verb]
    request.version++
    if (!own) request.decidedBy = by
    this.effects++
    return undefined
  }
}

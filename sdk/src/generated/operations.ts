// Made by lakebase-documents. Change the documents, and make it anew.

import type { Document } from '../document.ts'

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** What campaign performance can be grouped by. */
export type CampaignDimension =
  /** What they were. */
  | 'AD_TYPE'
  /** The campaign. */
  | 'CAMPAIGN'
  /** What they were shown on. */
  | 'DEVICE_TYPE'
  /** Where the ads were shown. */
  | 'PUBLISHER'
  /** The part of the world. */
  | 'REGION'
  /** How well the campaign does. */
  | 'TIER'
  /** The week. */
  | 'WEEK_START';

/** Which campaigns. All conditions that are given must hold. */
export type CampaignFilter = {
  /** A part of the name, in upper or lower case. */
  readonly name?: string | null | undefined;
  /** How well they do: any of `High`, `Medium`, `Low`. */
  readonly tier?: ReadonlyArray<string> | null | undefined;
};

/** An order of campaigns. */
export type CampaignOrder = {
  /** Which way to order. */
  readonly direction?: OrderDirection;
  /** What to order by. */
  readonly field: CampaignOrderField;
};

/** What campaigns can be ordered by. Those that are equal in it are ordered by nothing else, since no two have the same name. */
export type CampaignOrderField =
  /** The name, as text: `cmp_10` comes before `cmp_2`. */
  | 'NAME';

/** Which rows. All conditions that are given must hold; a list holds for any of up to 100 values, just as they are written, and an empty one for none. */
export type CampaignPerformanceFilter = {
  /** `Banner`, `Video`, `Native`, `Interstitial`. */
  readonly adType?: ReadonlyArray<string> | null | undefined;
  /** Names of campaigns, such as `cmp_17`. */
  readonly campaign?: ReadonlyArray<string> | null | undefined;
  /** `Mobile`, `Desktop`, `Tablet`. */
  readonly deviceType?: ReadonlyArray<string> | null | undefined;
  /** Where the ads were shown, such as `Google`. */
  readonly publisher?: ReadonlyArray<string> | null | undefined;
  /** Parts of the world: `NA`, `EMEA`, `APAC`, `LATAM`. */
  readonly region?: ReadonlyArray<string> | null | undefined;
  /** How well the campaign does: `High`, `Medium`, `Low`. */
  readonly tier?: ReadonlyArray<string> | null | undefined;
  /** Weeks by their Mondays. */
  readonly weekStart?: DateRange | null | undefined;
};

/** An order of rows of campaign performance. */
export type CampaignPerformanceOrder = {
  /** Which way to order. */
  readonly direction?: OrderDirection;
  /** What to order by. */
  readonly field: CampaignPerformanceOrderField;
};

/** What rows of campaign performance can be ordered by. Those that are equal in it are ordered by their number. */
export type CampaignPerformanceOrderField =
  /** What might have been spent. */
  | 'BUDGET'
  /** How often somebody clicked. */
  | 'CLICKS'
  /** Clicks for each impression, as a fraction. */
  | 'CLICK_THROUGH_RATE'
  /** How many clicks led to what was aimed at. */
  | 'CONVERSIONS'
  /** Conversions for each click, as a fraction. */
  | 'CONVERSION_RATE'
  /** What the clicks cost. */
  | 'COST'
  /** What one click cost, in US dollars. */
  | 'COST_PER_CLICK'
  /** How often they were shown. */
  | 'IMPRESSIONS'
  /** Revenue for each dollar of cost. */
  | 'RETURN_ON_AD_SPEND'
  /** What the conversions brought in. */
  | 'REVENUE'
  /** The Monday that the week begins with. */
  | 'WEEK_START';

/** An order of groups. */
export type CampaignTotalsOrder = {
  /** Which way to order. */
  readonly direction?: OrderDirection;
  /** What to order by. */
  readonly field: CampaignTotalsOrderField;
};

/** What groups can be ordered by. Those that are equal in it are ordered by their keys. */
export type CampaignTotalsOrderField =
  /** What might have been spent. */
  | 'BUDGET'
  /** How often somebody clicked. */
  | 'CLICKS'
  /** Clicks by impressions. */
  | 'CLICK_THROUGH_RATE'
  /** How many clicks led to what was aimed at. */
  | 'CONVERSIONS'
  /** Conversions by clicks. */
  | 'CONVERSION_RATE'
  /** What the clicks cost. */
  | 'COST'
  /** Cost by clicks. */
  | 'COST_PER_CLICK'
  /** How often ads were shown. */
  | 'IMPRESSIONS'
  /** Revenue by cost. */
  | 'RETURN_ON_AD_SPEND'
  /** What the conversions brought in. */
  | 'REVENUE'
  /** How many rows were added up. */
  | 'ROWS';

/** A span of days. Rows without a day lie in no span. */
export type DateRange = {
  /** The first day that counts. */
  readonly from?: string | null | undefined;
  /** The first day that no longer counts. */
  readonly until?: string | null | undefined;
};

/** A span of time. Rows without a moment lie in no span. */
export type DateTimeRange = {
  /** The first moment that counts. */
  readonly from?: string | null | undefined;
  /** The first moment that no longer counts. */
  readonly until?: string | null | undefined;
};

/** A range of numbers. Rows without a number lie in no range. */
export type FloatRange = {
  /** The largest number that counts. */
  readonly max?: number | null | undefined;
  /** The smallest number that counts. */
  readonly min?: number | null | undefined;
};

/** Which holiday requests. All conditions that are given must hold. */
export type HolidayRequestFilter = {
  /** Requests with at least one day off in it. */
  readonly dates?: DateRange | null | undefined;
  /** Who asks: the id of an Employee, or an e-mail address. */
  readonly employee?: string | null | undefined;
  /** Any of these; an empty list holds for none. */
  readonly status?: ReadonlyArray<HolidayRequestStatus> | null | undefined;
};

/** An order of holiday requests. */
export type HolidayRequestOrder = {
  /** Which way to order. */
  readonly direction?: OrderDirection;
  /** What to order by. */
  readonly field: HolidayRequestOrderField;
};

/** What holiday requests can be ordered by. Those that are equal in it are ordered by their number. */
export type HolidayRequestOrderField =
  /** When it was decided. */
  | 'DECIDED_AT'
  /** The last day off. */
  | 'END_DATE'
  /** The first day off. */
  | 'START_DATE';

/** Where a holiday request stands. */
export type HolidayRequestStatus =
  /** The manager has approved it. */
  | 'APPROVED'
  /** Nobody has decided yet. */
  | 'PENDING'
  /** The manager has rejected it. */
  | 'REJECTED'
  /** The employee has withdrawn it. */
  | 'WITHDRAWN';

/** Why a mutation has no result. */
export type MutationErrorCode =
  /** It is no longer pending. */
  | 'ALREADY_DECIDED'
  /** It was done before, under the same Idempotency-Key, and you may no longer see it. */
  | 'DONE_BEFORE'
  /** The Idempotency-Key was used with other arguments. */
  | 'IDEMPOTENCY_MISMATCH'
  /** The days are in the wrong order, in the past, or too far off. */
  | 'INVALID_DATES'
  /** You may see it, but you may not do that to it. */
  | 'NOT_ALLOWED'
  /** There is no such thing, or none that you may see. */
  | 'NOT_FOUND'
  /** It meets another one on some days. */
  | 'OVERLAP'
  /** It has changed since the version that you named. */
  | 'VERSION_CONFLICT';

/** Which way to order. NULL counts as larger than every value, as in Postgres. */
export type OrderDirection =
  /** Smallest or oldest first. */
  | 'ASC'
  /** Largest or newest first. */
  | 'DESC';

/** Which trips. All conditions that are given must hold. */
export type TripFilter = {
  /** The distance, in miles. */
  readonly distance?: FloatRange | null | undefined;
  /** Zip code of the drop-off, five digits. */
  readonly dropoffZip?: string | null | undefined;
  /** The fare, in US dollars. */
  readonly fare?: FloatRange | null | undefined;
  /** When the trip began. */
  readonly pickupAt?: DateTimeRange | null | undefined;
  /** Zip code of the pickup, five digits. */
  readonly pickupZip?: string | null | undefined;
};

/** An order of trips. */
export type TripOrder = {
  /** Which way to order. */
  readonly direction?: OrderDirection;
  /** What to order by. */
  readonly field: TripOrderField;
};

/** What trips can be ordered by. Those that are equal in it are ordered by their number. */
export type TripOrderField =
  /** The distance. */
  | 'DISTANCE'
  /** How long the trip took. */
  | 'DURATION'
  /** The fare. */
  | 'FARE'
  /** When the trip began. */
  | 'PICKUP_AT';

/** What kind of principal asks. */
export type ViewerKind =
  /** A program with an identity of its own. */
  | 'SERVICE_PRINCIPAL'
  /** A person. */
  | 'USER';

export type CampaignFieldsFragment = { readonly id: string, readonly name: string, readonly tier: string | null };

export type CampaignMeasuresFragment = { readonly rows: number | null, readonly impressions: number | null, readonly clicks: number | null, readonly conversions: number | null, readonly cost: string | null, readonly revenue: string | null, readonly budget: string | null, readonly clickThroughRate: number | null, readonly conversionRate: number | null, readonly costPerClick: number | null, readonly returnOnAdSpend: number | null };

export type CampaignQueryVariables = Exact<{
  id: string;
}>;


export type CampaignQuery = { readonly campaign: { readonly id: string, readonly name: string, readonly tier: string | null, readonly totals: { readonly rows: number | null, readonly impressions: number | null, readonly clicks: number | null, readonly conversions: number | null, readonly cost: string | null, readonly revenue: string | null, readonly budget: string | null, readonly clickThroughRate: number | null, readonly conversionRate: number | null, readonly costPerClick: number | null, readonly returnOnAdSpend: number | null } | null } | null };

export type CampaignsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  filter?: CampaignFilter | null | undefined;
  orderBy?: CampaignOrder | null | undefined;
}>;


export type CampaignsQuery = { readonly campaigns: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string, readonly tier: string | null }>, readonly pageInfo: { readonly startCursor: string | null, readonly endCursor: string | null, readonly hasPreviousPage: boolean, readonly hasNextPage: boolean } } };

export type CampaignPerformanceQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  filter?: CampaignPerformanceFilter | null | undefined;
  orderBy?: CampaignPerformanceOrder | null | undefined;
}>;


export type CampaignPerformanceQuery = { readonly campaignPerformance: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly weekStart: string | null, readonly region: string | null, readonly publisher: string | null, readonly adType: string | null, readonly deviceType: string | null, readonly tier: string | null, readonly impressions: number | null, readonly clicks: number | null, readonly conversions: number | null, readonly cost: string | null, readonly revenue: string | null, readonly budget: string | null, readonly clickThroughRate: number | null, readonly targetClickThroughRate: number | null, readonly conversionRate: number | null, readonly targetConversionRate: number | null, readonly costPerClick: number | null, readonly returnOnAdSpend: number | null, readonly campaign: { readonly id: string, readonly name: string, readonly tier: string | null } | null }>, readonly pageInfo: { readonly startCursor: string | null, readonly endCursor: string | null, readonly hasPreviousPage: boolean, readonly hasNextPage: boolean } } };

export type CampaignTotalsQueryVariables = Exact<{
  groupBy?: ReadonlyArray<CampaignDimension> | CampaignDimension | null | undefined;
  filter?: CampaignPerformanceFilter | null | undefined;
  orderBy?: CampaignTotalsOrder | null | undefined;
  first?: number;
}>;


export type CampaignTotalsQuery = { readonly campaignTotals: ReadonlyArray<{ readonly weekStart: string | null, readonly region: string | null, readonly publisher: string | null, readonly adType: string | null, readonly deviceType: string | null, readonly tier: string | null, readonly rows: number | null, readonly impressions: number | null, readonly clicks: number | null, readonly conversions: number | null, readonly cost: string | null, readonly revenue: string | null, readonly budget: string | null, readonly clickThroughRate: number | null, readonly conversionRate: number | null, readonly costPerClick: number | null, readonly returnOnAdSpend: number | null, readonly campaign: { readonly id: string, readonly name: string, readonly tier: string | null } | null }> };

export type PageFieldsFragment = { readonly startCursor: string | null, readonly endCursor: string | null, readonly hasPreviousPage: boolean, readonly hasNextPage: boolean };

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { readonly viewer: { readonly id: string, readonly name: string, readonly email: string | null, readonly kind: ViewerKind, readonly roles: ReadonlyArray<string> } };

export type HolidayRequestFieldsFragment = { readonly id: string, readonly requestId: string, readonly employeeName: string | null, readonly startDate: string | null, readonly endDate: string | null, readonly status: HolidayRequestStatus | null, readonly managerNote: string | null, readonly decidedBy: string | null, readonly decidedAt: string | null, readonly version: number | null, readonly employee: { readonly id: string, readonly email: string, readonly name: string | null } | null };

export type HolidayRequestQueryVariables = Exact<{
  id: string;
}>;


export type HolidayRequestQuery = { readonly holidayRequest: { readonly id: string, readonly requestId: string, readonly employeeName: string | null, readonly startDate: string | null, readonly endDate: string | null, readonly status: HolidayRequestStatus | null, readonly managerNote: string | null, readonly decidedBy: string | null, readonly decidedAt: string | null, readonly version: number | null, readonly employee: { readonly id: string, readonly email: string, readonly name: string | null } | null } | null };

export type HolidayRequestsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  filter?: HolidayRequestFilter | null | undefined;
  orderBy?: HolidayRequestOrder | null | undefined;
}>;


export type HolidayRequestsQuery = { readonly holidayRequests: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly requestId: string, readonly employeeName: string | null, readonly startDate: string | null, readonly endDate: string | null, readonly status: HolidayRequestStatus | null, readonly managerNote: string | null, readonly decidedBy: string | null, readonly decidedAt: string | null, readonly version: number | null, readonly employee: { readonly id: string, readonly email: string, readonly name: string | null } | null }>, readonly pageInfo: { readonly startCursor: string | null, readonly endCursor: string | null, readonly hasPreviousPage: boolean, readonly hasNextPage: boolean } } };

type Refusal_AlreadyDecidedError_Fragment = { readonly code: MutationErrorCode, readonly message: string };

type Refusal_DoneBeforeError_Fragment = { readonly code: MutationErrorCode, readonly message: string };

type Refusal_IdempotencyMismatchError_Fragment = { readonly code: MutationErrorCode, readonly message: string };

type Refusal_InvalidDatesError_Fragment = { readonly code: MutationErrorCode, readonly message: string };

type Refusal_NotAllowedError_Fragment = { readonly code: MutationErrorCode, readonly message: string };

type Refusal_NotFoundError_Fragment = { readonly code: MutationErrorCode, readonly message: string };

type Refusal_OverlapError_Fragment = { readonly code: MutationErrorCode, readonly message: string };

type Refusal_VersionConflictError_Fragment = { readonly code: MutationErrorCode, readonly message: string };

export type RefusalFragment =
  | Refusal_AlreadyDecidedError_Fragment
  | Refusal_DoneBeforeError_Fragment
  | Refusal_IdempotencyMismatchError_Fragment
  | Refusal_InvalidDatesError_Fragment
  | Refusal_NotAllowedError_Fragment
  | Refusal_NotFoundError_Fragment
  | Refusal_OverlapError_Fragment
  | Refusal_VersionConflictError_Fragment
;

export type ConflictFragment = { readonly request: { readonly id: string, readonly requestId: string, readonly employeeName: string | null, readonly startDate: string | null, readonly endDate: string | null, readonly status: HolidayRequestStatus | null, readonly managerNote: string | null, readonly decidedBy: string | null, readonly decidedAt: string | null, readonly version: number | null, readonly employee: { readonly id: string, readonly email: string, readonly name: string | null } | null } };

export type DecidedFragment = { readonly request: { readonly id: string, readonly requestId: string, readonly employeeName: string | null, readonly startDate: string | null, readonly endDate: string | null, readonly status: HolidayRequestStatus | null, readonly managerNote: string | null, readonly decidedBy: string | null, readonly decidedAt: string | null, readonly version: number | null, readonly employee: { readonly id: string, readonly email: string, readonly name: string | null } | null } };

export type CreateHolidayRequestMutationVariables = Exact<{
  startDate: string;
  endDate: string;
}>;


export type CreateHolidayRequestMutation = { readonly createHolidayRequest:
    | { readonly __typename: 'DoneBeforeError', readonly code: MutationErrorCode, readonly message: string }
    | { readonly __typename: 'HolidayRequest', readonly id: string, readonly requestId: string, readonly employeeName: string | null, readonly startDate: string | null, readonly endDate: string | null, readonly status: HolidayRequestStatus | null, readonly managerNote: string | null, readonly decidedBy: string | null, readonly decidedAt: string | null, readonly version: number | null, readonly employee: { readonly id: string, readonly email: string, readonly name: string | null } | null }
    | { readonly __typename: 'IdempotencyMismatchError', readonly code: MutationErrorCode, readonly message: string }
    | { readonly __typename: 'InvalidDatesError', readonly code: MutationErrorCode, readonly message: string }
    | { readonly __typename: 'NotAllowedError', readonly code: MutationErrorCode, readonly message: string }
    | { readonly __typename: 'OverlapError', readonly code: MutationErrorCode, readonly message: string, readonly other: { readonly id: string, readonly requestId: string, readonly employeeName: string | null, readonly startDate: string | null, readonly endDate: string | null, readonly status: HolidayRequestStatus | null, readonly managerNote: string | null, readonly decidedBy: string | null, readonly decidedAt: string | null, readonly version: number | null, readonly employee: { readonly id: string, readonly email: string, readonly name: string | null } | null } | null }
   | null };

export type ApproveHolidayRequestMutationVariables = Exact<{
  id: string;
  version: number;
  note?: string | null | undefined;
}>;


export type ApproveHolidayRequestMutation = { readonly approveHolidayRequest:
    | { readonly __typename: 'AlreadyDecidedError', readonly code: MutationErrorCode, readonly message: string, readonly request: { readonly id: string, readonly requestId: string, readonly employeeName: string | null, readonly startDate: string | null, readonly endDate: string | null, readonly status: HolidayRequestStatus | null, readonly managerNote: string | null, readonly decidedBy: string | null, readonly decidedAt: string | null, readonly version: number | null, readonly employee: { readonly id: string, readonly email: string, readonly name: string | null } | null } }
    | { readonly __typename: 'DoneBeforeError', readonly code: MutationErrorCode, readonly message: string }
    | { readonly __typename: 'HolidayRequest', readonly id: string, readonly requestId: string, readonly employeeName: string | null, readonly startDate: string | null, readonly endDate: string | null, readonly status: HolidayRequestStatus | null, readonly managerNote: string | null, readonly decidedBy: string | null, readonly decidedAt: string | null, readonly version: number | null, readonly employee: { readonly id: string, readonly email: string, readonly name: string | null } | null }
    | { readonly __typename: 'IdempotencyMismatchError', readonly code: MutationErrorCode, readonly message: string }
    | { readonly __typename: 'NotAllowedError', readonly code: MutationErrorCode, readonly message: string }
    | { readonly __typename: 'NotFoundError', readonly code: MutationErrorCode, readonly message: string }
    | { readonly __typename: 'VersionConflictError', readonly code: MutationErrorCode, readonly message: string, readonly request: { readonly id: string, readonly requestId: string, readonly employeeName: string | null, readonly startDate: string | null, readonly endDate: string | null, readonly status: HolidayRequestStatus | null, readonly managerNote: string | null, readonly decidedBy: string | null, readonly decidedAt: string | null, readonly version: number | null, readonly employee: { readonly id: string, readonly email: string, readonly name: string | null } | null } }
   | null };

export type RejectHolidayRequestMutationVariables = Exact<{
  id: string;
  version: number;
  note?: string | null | undefined;
}>;


export type RejectHolidayRequestMutation = { readonly rejectHolidayRequest:
    | { readonly __typename: 'AlreadyDecidedError', readonly code: MutationErrorCode, readonly message: string, readonly request: { readonly id: string, readonly requestId: string, readonly employeeName: string | null, readonly startDate: string | null, readonly endDate: string | null, readonly status: HolidayRequestStatus | null, readonly managerNote: string | null, readonly decidedBy: string | null, readonly decidedAt: string | null, readonly version: number | null, readonly employee: { readonly id: string, readonly email: string, readonly name: string | null } | null } }
    | { readonly __typename: 'DoneBeforeError', readonly code: MutationErrorCode, readonly message: string }
    | { readonly __typename: 'HolidayRequest', readonly id: string, readonly requestId: string, readonly employeeName: string | null, readonly startDate: string | null, readonly endDate: string | null, readonly status: HolidayRequestStatus | null, readonly managerNote: string | null, readonly decidedBy: string | null, readonly decidedAt: string | null, readonly version: number | null, readonly employee: { readonly id: string, readonly email: string, readonly name: string | null } | null }
    | { readonly __typename: 'IdempotencyMismatchError', readonly code: MutationErrorCode, readonly message: string }
    | { readonly __typename: 'NotAllowedError', readonly code: MutationErrorCode, readonly message: string }
    | { readonly __typename: 'NotFoundError', readonly code: MutationErrorCode, readonly message: string }
    | { readonly __typename: 'VersionConflictError', readonly code: MutationErrorCode, readonly message: string, readonly request: { readonly id: string, readonly requestId: string, readonly employeeName: string | null, readonly startDate: string | null, readonly endDate: string | null, readonly status: HolidayRequestStatus | null, readonly managerNote: string | null, readonly decidedBy: string | null, readonly decidedAt: string | null, readonly version: number | null, readonly employee: { readonly id: string, readonly email: string, readonly name: string | null } | null } }
   | null };

export type WithdrawHolidayRequestMutationVariables = Exact<{
  id: string;
  version: number;
}>;


export type WithdrawHolidayRequestMutation = { readonly withdrawHolidayRequest:
    | { readonly __typename: 'AlreadyDecidedError', readonly code: MutationErrorCode, readonly message: string, readonly request: { readonly id: string, readonly requestId: string, readonly employeeName: string | null, readonly startDate: string | null, readonly endDate: string | null, readonly status: HolidayRequestStatus | null, readonly managerNote: string | null, readonly decidedBy: string | null, readonly decidedAt: string | null, readonly version: number | null, readonly employee: { readonly id: string, readonly email: string, readonly name: string | null } | null } }
    | { readonly __typename: 'DoneBeforeError', readonly code: MutationErrorCode, readonly message: string }
    | { readonly __typename: 'HolidayRequest', readonly id: string, readonly requestId: string, readonly employeeName: string | null, readonly startDate: string | null, readonly endDate: string | null, readonly status: HolidayRequestStatus | null, readonly managerNote: string | null, readonly decidedBy: string | null, readonly decidedAt: string | null, readonly version: number | null, readonly employee: { readonly id: string, readonly email: string, readonly name: string | null } | null }
    | { readonly __typename: 'IdempotencyMismatchError', readonly code: MutationErrorCode, readonly message: string }
    | { readonly __typename: 'NotAllowedError', readonly code: MutationErrorCode, readonly message: string }
    | { readonly __typename: 'NotFoundError', readonly code: MutationErrorCode, readonly message: string }
    | { readonly __typename: 'VersionConflictError', readonly code: MutationErrorCode, readonly message: string, readonly request: { readonly id: string, readonly requestId: string, readonly employeeName: string | null, readonly startDate: string | null, readonly endDate: string | null, readonly status: HolidayRequestStatus | null, readonly managerNote: string | null, readonly decidedBy: string | null, readonly decidedAt: string | null, readonly version: number | null, readonly employee: { readonly id: string, readonly email: string, readonly name: string | null } | null } }
   | null };

export type TripFieldsFragment = { readonly id: string, readonly tripId: string, readonly pickupAt: string | null, readonly dropoffAt: string | null, readonly durationSeconds: number | null, readonly distance: number | null, readonly fare: number | null, readonly pickupZip: string | null, readonly dropoffZip: string | null };

export type TripQueryVariables = Exact<{
  id: string;
}>;


export type TripQuery = { readonly trip: { readonly id: string, readonly tripId: string, readonly pickupAt: string | null, readonly dropoffAt: string | null, readonly durationSeconds: number | null, readonly distance: number | null, readonly fare: number | null, readonly pickupZip: string | null, readonly dropoffZip: string | null } | null };

export type TripsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  filter?: TripFilter | null | undefined;
  orderBy?: TripOrder | null | undefined;
}>;


export type TripsQuery = { readonly trips: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly tripId: string, readonly pickupAt: string | null, readonly dropoffAt: string | null, readonly durationSeconds: number | null, readonly distance: number | null, readonly fare: number | null, readonly pickupZip: string | null, readonly dropoffZip: string | null }>, readonly pageInfo: { readonly startCursor: string | null, readonly endCursor: string | null, readonly hasPreviousPage: boolean, readonly hasNextPage: boolean } } };

export type TripStatsQueryVariables = Exact<{
  filter?: TripFilter | null | undefined;
}>;


export type TripStatsQuery = { readonly tripStats: { readonly count: number, readonly totalDistance: number, readonly totalDurationSeconds: number, readonly totalFare: number, readonly averageDistance: number | null, readonly averageDurationSeconds: number | null, readonly averageFare: number | null } };

/** By their names. */
export const operations = {
  approveHolidayRequest: {
    "kind": "mutation",
    "name": "approveHolidayRequest",
    "id": "sha256:003006d7a8d9e808b93717fdaee74d10d6a204384da4a74333e876b7f2c3ba56",
    "text": "mutation approveHolidayRequest($id: ID!, $version: Int!, $note: String) {\n  approveHolidayRequest(input: {id: $id, version: $version, note: $note}) {\n    __typename\n    ...HolidayRequestFields\n    ...Refusal\n    ...Conflict\n    ...Decided\n  }\n}\n\nfragment Conflict on VersionConflictError {\n  request {\n    ...HolidayRequestFields\n  }\n}\n\nfragment Decided on AlreadyDecidedError {\n  request {\n    ...HolidayRequestFields\n  }\n}\n\nfragment HolidayRequestFields on HolidayRequest {\n  id\n  requestId\n  employeeName\n  employee {\n    id\n    email\n    name\n  }\n  startDate\n  endDate\n  status\n  managerNote\n  decidedBy\n  decidedAt\n  version\n}\n\nfragment Refusal on MutationError {\n  code\n  message\n}"
  } as Document<ApproveHolidayRequestMutation, ApproveHolidayRequestMutationVariables> & { readonly kind: 'mutation' },
  campaign: {
    "kind": "query",
    "name": "campaign",
    "id": "sha256:0c2ef1d13d0cfc9ad4ae05ad7988457d83022ca3ac9ebeb5a89c6cd9d61bf641",
    "text": "query campaign($id: ID!) {\n  campaign(id: $id) {\n    ...CampaignFields\n    totals {\n      ...CampaignMeasures\n    }\n  }\n}\n\nfragment CampaignFields on Campaign {\n  id\n  name\n  tier\n}\n\nfragment CampaignMeasures on CampaignTotals {\n  rows\n  impressions\n  clicks\n  conversions\n  cost\n  revenue\n  budget\n  clickThroughRate\n  conversionRate\n  costPerClick\n  returnOnAdSpend\n}"
  } as Document<CampaignQuery, CampaignQueryVariables> & { readonly kind: 'query' },
  campaignPerformance: {
    "kind": "query",
    "name": "campaignPerformance",
    "id": "sha256:8abd42c164f7ca965b53bef077a32bc7217756b800a0d990bd0e3501840f49d1",
    "text": "query campaignPerformance($first: Int, $after: String, $last: Int, $before: String, $filter: CampaignPerformanceFilter, $orderBy: CampaignPerformanceOrder) {\n  campaignPerformance(\n    first: $first\n    after: $after\n    last: $last\n    before: $before\n    filter: $filter\n    orderBy: $orderBy\n  ) {\n    nodes {\n      id\n      campaign {\n        ...CampaignFields\n      }\n      weekStart\n      region\n      publisher\n      adType\n      deviceType\n      tier\n      impressions\n      clicks\n      conversions\n      cost\n      revenue\n      budget\n      clickThroughRate\n      targetClickThroughRate\n      conversionRate\n      targetConversionRate\n      costPerClick\n      returnOnAdSpend\n    }\n    pageInfo {\n      ...PageFields\n    }\n  }\n}\n\nfragment CampaignFields on Campaign {\n  id\n  name\n  tier\n}\n\nfragment PageFields on PageInfo {\n  startCursor\n  endCursor\n  hasPreviousPage\n  hasNextPage\n}"
  } as Document<CampaignPerformanceQuery, CampaignPerformanceQueryVariables> & { readonly kind: 'query' },
  campaignTotals: {
    "kind": "query",
    "name": "campaignTotals",
    "id": "sha256:41af417d220c38ddf80846738e3d18bbbc4dc2397ac0c70d080ecf9c2aeecffc",
    "text": "query campaignTotals($groupBy: [CampaignDimension!], $filter: CampaignPerformanceFilter, $orderBy: CampaignTotalsOrder, $first: Int! = 100) {\n  campaignTotals(\n    groupBy: $groupBy\n    filter: $filter\n    orderBy: $orderBy\n    first: $first\n  ) {\n    campaign {\n      ...CampaignFields\n    }\n    weekStart\n    region\n    publisher\n    adType\n    deviceType\n    tier\n    ...CampaignMeasures\n  }\n}\n\nfragment CampaignFields on Campaign {\n  id\n  name\n  tier\n}\n\nfragment CampaignMeasures on CampaignTotals {\n  rows\n  impressions\n  clicks\n  conversions\n  cost\n  revenue\n  budget\n  clickThroughRate\n  conversionRate\n  costPerClick\n  returnOnAdSpend\n}"
  } as Document<CampaignTotalsQuery, CampaignTotalsQueryVariables> & { readonly kind: 'query' },
  campaigns: {
    "kind": "query",
    "name": "campaigns",
    "id": "sha256:cc5bafdf6269dc6d16f6630b7d2ff4a124318e70385237d391a08d2895cb44d7",
    "text": "query campaigns($first: Int, $after: String, $last: Int, $before: String, $filter: CampaignFilter, $orderBy: CampaignOrder) {\n  campaigns(\n    first: $first\n    after: $after\n    last: $last\n    before: $before\n    filter: $filter\n    orderBy: $orderBy\n  ) {\n    nodes {\n      ...CampaignFields\n    }\n    pageInfo {\n      ...PageFields\n    }\n  }\n}\n\nfragment CampaignFields on Campaign {\n  id\n  name\n  tier\n}\n\nfragment PageFields on PageInfo {\n  startCursor\n  endCursor\n  hasPreviousPage\n  hasNextPage\n}"
  } as Document<CampaignsQuery, CampaignsQueryVariables> & { readonly kind: 'query' },
  createHolidayRequest: {
    "kind": "mutation",
    "name": "createHolidayRequest",
    "id": "sha256:e9b597284fc4525e2112374b1497d1d48e430099f581c6cff22ee27d3665ee0e",
    "text": "mutation createHolidayRequest($startDate: Date!, $endDate: Date!) {\n  createHolidayRequest(input: {startDate: $startDate, endDate: $endDate}) {\n    __typename\n    ...HolidayRequestFields\n    ...Refusal\n    ... on OverlapError {\n      other {\n        ...HolidayRequestFields\n      }\n    }\n  }\n}\n\nfragment HolidayRequestFields on HolidayRequest {\n  id\n  requestId\n  employeeName\n  employee {\n    id\n    email\n    name\n  }\n  startDate\n  endDate\n  status\n  managerNote\n  decidedBy\n  decidedAt\n  version\n}\n\nfragment Refusal on MutationError {\n  code\n  message\n}"
  } as Document<CreateHolidayRequestMutation, CreateHolidayRequestMutationVariables> & { readonly kind: 'mutation' },
  holidayRequest: {
    "kind": "query",
    "name": "holidayRequest",
    "id": "sha256:d79a905e5198beeca0b92eb978d808b95e2bfb207f1f2e2debb320dfc98d8096",
    "text": "query holidayRequest($id: ID!) {\n  holidayRequest(id: $id) {\n    ...HolidayRequestFields\n  }\n}\n\nfragment HolidayRequestFields on HolidayRequest {\n  id\n  requestId\n  employeeName\n  employee {\n    id\n    email\n    name\n  }\n  startDate\n  endDate\n  status\n  managerNote\n  decidedBy\n  decidedAt\n  version\n}"
  } as Document<HolidayRequestQuery, HolidayRequestQueryVariables> & { readonly kind: 'query' },
  holidayRequests: {
    "kind": "query",
    "name": "holidayRequests",
    "id": "sha256:a60892a64bb3a051ee94bd285b71ecc68b5b6014bf5cf8b2625e9b83f007664a",
    "text": "query holidayRequests($first: Int, $after: String, $last: Int, $before: String, $filter: HolidayRequestFilter, $orderBy: HolidayRequestOrder) {\n  holidayRequests(\n    first: $first\n    after: $after\n    last: $last\n    before: $before\n    filter: $filter\n    orderBy: $orderBy\n  ) {\n    nodes {\n      ...HolidayRequestFields\n    }\n    pageInfo {\n      ...PageFields\n    }\n  }\n}\n\nfragment HolidayRequestFields on HolidayRequest {\n  id\n  requestId\n  employeeName\n  employee {\n    id\n    email\n    name\n  }\n  startDate\n  endDate\n  status\n  managerNote\n  decidedBy\n  decidedAt\n  version\n}\n\nfragment PageFields on PageInfo {\n  startCursor\n  endCursor\n  hasPreviousPage\n  hasNextPage\n}"
  } as Document<HolidayRequestsQuery, HolidayRequestsQueryVariables> & { readonly kind: 'query' },
  rejectHolidayRequest: {
    "kind": "mutation",
    "name": "rejectHolidayRequest",
    "id": "sha256:52cfd807b73977697503de043002961e5625e2f505deae76223dd11cd6d2f0c3",
    "text": "mutation rejectHolidayRequest($id: ID!, $version: Int!, $note: String) {\n  rejectHolidayRequest(input: {id: $id, version: $version, note: $note}) {\n    __typename\n    ...HolidayRequestFields\n    ...Refusal\n    ...Conflict\n    ...Decided\n  }\n}\n\nfragment Conflict on VersionConflictError {\n  request {\n    ...HolidayRequestFields\n  }\n}\n\nfragment Decided on AlreadyDecidedError {\n  request {\n    ...HolidayRequestFields\n  }\n}\n\nfragment HolidayRequestFields on HolidayRequest {\n  id\n  requestId\n  employeeName\n  employee {\n    id\n    email\n    name\n  }\n  startDate\n  endDate\n  status\n  managerNote\n  decidedBy\n  decidedAt\n  version\n}\n\nfragment Refusal on MutationError {\n  code\n  message\n}"
  } as Document<RejectHolidayRequestMutation, RejectHolidayRequestMutationVariables> & { readonly kind: 'mutation' },
  trip: {
    "kind": "query",
    "name": "trip",
    "id": "sha256:9e5d87e642a45bb58f6350e391797b2ae57b1cd30b6a2a458ce2bf22f9d0a1ff",
    "text": "query trip($id: ID!) {\n  trip(id: $id) {\n    ...TripFields\n  }\n}\n\nfragment TripFields on Trip {\n  id\n  tripId\n  pickupAt\n  dropoffAt\n  durationSeconds\n  distance\n  fare\n  pickupZip\n  dropoffZip\n}"
  } as Document<TripQuery, TripQueryVariables> & { readonly kind: 'query' },
  tripStats: {
    "kind": "query",
    "name": "tripStats",
    "id": "sha256:dda02c71b65e5ee92f574b797a12b243ccc7d26fe9cbc2f2c1f6e92172fdf869",
    "text": "query tripStats($filter: TripFilter) {\n  tripStats(filter: $filter) {\n    count\n    totalDistance\n    totalDurationSeconds\n    totalFare\n    averageDistance\n    averageDurationSeconds\n    averageFare\n  }\n}"
  } as Document<TripStatsQuery, TripStatsQueryVariables> & { readonly kind: 'query' },
  trips: {
    "kind": "query",
    "name": "trips",
    "id": "sha256:38c4fba5fe9fe0626d563d814aabcf4be34c4d27af8f98cee34d172b6dcaad2e",
    "text": "query trips($first: Int, $after: String, $last: Int, $before: String, $filter: TripFilter, $orderBy: TripOrder) {\n  trips(\n    first: $first\n    after: $after\n    last: $last\n    before: $before\n    filter: $filter\n    orderBy: $orderBy\n  ) {\n    nodes {\n      ...TripFields\n    }\n    pageInfo {\n      ...PageFields\n    }\n  }\n}\n\nfragment PageFields on PageInfo {\n  startCursor\n  endCursor\n  hasPreviousPage\n  hasNextPage\n}\n\nfragment TripFields on Trip {\n  id\n  tripId\n  pickupAt\n  dropoffAt\n  durationSeconds\n  distance\n  fare\n  pickupZip\n  dropoffZip\n}"
  } as Document<TripsQuery, TripsQueryVariables> & { readonly kind: 'query' },
  viewer: {
    "kind": "query",
    "name": "viewer",
    "id": "sha256:80b83f9e15ed2fb4cce129db9ea2edc4b980f75b61aef759eacdfff769558f71",
    "text": "query viewer {\n  viewer {\n    id\n    name\n    email\n    kind\n    roles\n  }\n}"
  } as Document<ViewerQuery, ViewerQueryVariables> & { readonly kind: 'query' },
  withdrawHolidayRequest: {
    "kind": "mutation",
    "name": "withdrawHolidayRequest",
    "id": "sha256:81763817ecd63e082df112a87a0e77c394c4234c591812de9989f42d9b7ed240",
    "text": "mutation withdrawHolidayRequest($id: ID!, $version: Int!) {\n  withdrawHolidayRequest(input: {id: $id, version: $version}) {\n    __typename\n    ...HolidayRequestFields\n    ...Refusal\n    ...Conflict\n    ...Decided\n  }\n}\n\nfragment Conflict on VersionConflictError {\n  request {\n    ...HolidayRequestFields\n  }\n}\n\nfragment Decided on AlreadyDecidedError {\n  request {\n    ...HolidayRequestFields\n  }\n}\n\nfragment HolidayRequestFields on HolidayRequest {\n  id\n  requestId\n  employeeName\n  employee {\n    id\n    email\n    name\n  }\n  startDate\n  endDate\n  status\n  managerNote\n  decidedBy\n  decidedAt\n  version\n}\n\nfragment Refusal on MutationError {\n  code\n  message\n}"
  } as Document<WithdrawHolidayRequestMutation, WithdrawHolidayRequestMutationVariables> & { readonly kind: 'mutation' },
}
import type { Document } from '../document.ts';
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends {
    [key: string]: unknown;
}> = {
    [K in keyof T]: T[K];
};
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | {
    [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never;
};
/** What campaign performance can be grouped by. */
export type CampaignDimension = 
/** What they were. */
'AD_TYPE'
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
'NAME';
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
'BUDGET'
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
'BUDGET'
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
'DECIDED_AT'
/** The last day off. */
 | 'END_DATE'
/** The first day off. */
 | 'START_DATE';
/** Where a holiday request stands. */
export type HolidayRequestStatus = 
/** The manager has approved it. */
'APPROVED'
/** Nobody has decided yet. */
 | 'PENDING'
/** The manager has rejected it. */
 | 'REJECTED'
/** The employee has withdrawn it. */
 | 'WITHDRAWN';
/** Why a mutation has no result. */
export type MutationErrorCode = 
/** It is no longer pending. */
'ALREADY_DECIDED'
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
'ASC'
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
'DISTANCE'
/** How long the trip took. */
 | 'DURATION'
/** The fare. */
 | 'FARE'
/** When the trip began. */
 | 'PICKUP_AT';
/** What kind of principal asks. */
export type ViewerKind = 
/** A program with an identity of its own. */
'SERVICE_PRINCIPAL'
/** A person. */
 | 'USER';
export type CampaignFieldsFragment = {
    readonly id: string;
    readonly name: string;
    readonly tier: string | null;
};
export type CampaignMeasuresFragment = {
    readonly rows: number | null;
    readonly impressions: number | null;
    readonly clicks: number | null;
    readonly conversions: number | null;
    readonly cost: string | null;
    readonly revenue: string | null;
    readonly budget: string | null;
    readonly clickThroughRate: number | null;
    readonly conversionRate: number | null;
    readonly costPerClick: number | null;
    readonly returnOnAdSpend: number | null;
};
export type CampaignQueryVariables = Exact<{
    id: string;
}>;
export type CampaignQuery = {
    readonly campaign: {
        readonly id: string;
        readonly name: string;
        readonly tier: string | null;
        readonly totals: {
            readonly rows: number | null;
            readonly impressions: number | null;
            readonly clicks: number | null;
            readonly conversions: number | null;
            readonly cost: string | null;
            readonly revenue: string | null;
            readonly budget: string | null;
            readonly clickThroughRate: number | null;
            readonly conversionRate: number | null;
            readonly costPerClick: number | null;
            readonly returnOnAdSpend: number | null;
        } | null;
    } | null;
};
export type CampaignsQueryVariables = Exact<{
    first?: number | null | undefined;
    after?: string | null | undefined;
    last?: number | null | undefined;
    before?: string | null | undefined;
    filter?: CampaignFilter | null | undefined;
    orderBy?: CampaignOrder | null | undefined;
}>;
export type CampaignsQuery = {
    readonly campaigns: {
        readonly nodes: ReadonlyArray<{
            readonly id: string;
            readonly name: string;
            readonly tier: string | null;
        }>;
        readonly pageInfo: {
            readonly startCursor: string | null;
            readonly endCursor: string | null;
            readonly hasPreviousPage: boolean;
            readonly hasNextPage: boolean;
        };
    };
};
export type CampaignPerformanceQueryVariables = Exact<{
    first?: number | null | undefined;
    after?: string | null | undefined;
    last?: number | null | undefined;
    before?: string | null | undefined;
    filter?: CampaignPerformanceFilter | null | undefined;
    orderBy?: CampaignPerformanceOrder | null | undefined;
}>;
export type CampaignPerformanceQuery = {
    readonly campaignPerformance: {
        readonly nodes: ReadonlyArray<{
            readonly id: string;
            readonly weekStart: string | null;
            readonly region: string | null;
            readonly publisher: string | null;
            readonly adType: string | null;
            readonly deviceType: string | null;
            readonly tier: string | null;
            readonly impressions: number | null;
            readonly clicks: number | null;
            readonly conversions: number | null;
            readonly cost: string | null;
            readonly revenue: string | null;
            readonly budget: string | null;
            readonly clickThroughRate: number | null;
            readonly targetClickThroughRate: number | null;
            readonly conversionRate: number | null;
            readonly targetConversionRate: number | null;
            readonly costPerClick: number | null;
            readonly returnOnAdSpend: number | null;
            readonly campaign: {
                readonly id: string;
                readonly name: string;
                readonly tier: string | null;
            } | null;
        }>;
        readonly pageInfo: {
            readonly startCursor: string | null;
            readonly endCursor: string | null;
            readonly hasPreviousPage: boolean;
            readonly hasNextPage: boolean;
        };
    };
};
export type CampaignTotalsQueryVariables = Exact<{
    groupBy?: ReadonlyArray<CampaignDimension> | CampaignDimension | null | undefined;
    filter?: CampaignPerformanceFilter | null | undefined;
    orderBy?: CampaignTotalsOrder | null | undefined;
    first?: number;
}>;
export type CampaignTotalsQuery = {
    readonly campaignTotals: ReadonlyArray<{
        readonly weekStart: string | null;
        readonly region: string | null;
        readonly publisher: string | null;
        readonly adType: string | null;
        readonly deviceType: string | null;
        readonly tier: string | null;
        readonly rows: number | null;
        readonly impressions: number | null;
        readonly clicks: number | null;
        readonly conversions: number | null;
        readonly cost: string | null;
        readonly revenue: string | null;
        readonly budget: string | null;
        readonly clickThroughRate: number | null;
        readonly conversionRate: number | null;
        readonly costPerClick: number | null;
        readonly returnOnAdSpend: number | null;
        readonly campaign: {
            readonly id: string;
            readonly name: string;
            readonly tier: string | null;
        } | null;
    }>;
};
export type PageFieldsFragment = {
    readonly startCursor: string | null;
    readonly endCursor: string | null;
    readonly hasPreviousPage: boolean;
    readonly hasNextPage: boolean;
};
export type ViewerQueryVariables = Exact<{
    [key: string]: never;
}>;
export type ViewerQuery = {
    readonly viewer: {
        readonly id: string;
        readonly name: string;
        readonly email: string | null;
        readonly kind: ViewerKind;
        readonly roles: ReadonlyArray<string>;
    };
};
export type HolidayRequestFieldsFragment = {
    readonly id: string;
    readonly requestId: string;
    readonly employeeName: string | null;
    readonly startDate: string | null;
    readonly endDate: string | null;
    readonly status: HolidayRequestStatus | null;
    readonly managerNote: string | null;
    readonly decidedBy: string | null;
    readonly decidedAt: string | null;
    readonly version: number | null;
    readonly employee: {
        readonly id: string;
        readonly email: string;
        readonly name: string | null;
    } | null;
};
export type HolidayRequestQueryVariables = Exact<{
    id: string;
}>;
export type HolidayRequestQuery = {
    readonly holidayRequest: {
        readonly id: string;
        readonly requestId: string;
        readonly employeeName: string | null;
        readonly startDate: string | null;
        readonly endDate: string | null;
        readonly status: HolidayRequestStatus | null;
        readonly managerNote: string | null;
        readonly decidedBy: string | null;
        readonly decidedAt: string | null;
        readonly version: number | null;
        readonly employee: {
            readonly id: string;
            readonly email: string;
            readonly name: string | null;
        } | null;
    } | null;
};
export type HolidayRequestsQueryVariables = Exact<{
    first?: number | null | undefined;
    after?: string | null | undefined;
    last?: number | null | undefined;
    before?: string | null | undefined;
    filter?: HolidayRequestFilter | null | undefined;
    orderBy?: HolidayRequestOrder | null | undefined;
}>;
export type HolidayRequestsQuery = {
    readonly holidayRequests: {
        readonly nodes: ReadonlyArray<{
            readonly id: string;
            readonly requestId: string;
            readonly employeeName: string | null;
            readonly startDate: string | null;
            readonly endDate: string | null;
            readonly status: HolidayRequestStatus | null;
            readonly managerNote: string | null;
            readonly decidedBy: string | null;
            readonly decidedAt: string | null;
            readonly version: number | null;
            readonly employee: {
                readonly id: string;
                readonly email: string;
                readonly name: string | null;
            } | null;
        }>;
        readonly pageInfo: {
            readonly startCursor: string | null;
            readonly endCursor: string | null;
            readonly hasPreviousPage: boolean;
            readonly hasNextPage: boolean;
        };
    };
};
type Refusal_AlreadyDecidedError_Fragment = {
    readonly code: MutationErrorCode;
    readonly message: string;
};
type Refusal_DoneBeforeError_Fragment = {
    readonly code: MutationErrorCode;
    readonly message: string;
};
type Refusal_IdempotencyMismatchError_Fragment = {
    readonly code: MutationErrorCode;
    readonly message: string;
};
type Refusal_InvalidDatesError_Fragment = {
    readonly code: MutationErrorCode;
    readonly message: string;
};
type Refusal_NotAllowedError_Fragment = {
    readonly code: MutationErrorCode;
    readonly message: string;
};
type Refusal_NotFoundError_Fragment = {
    readonly code: MutationErrorCode;
    readonly message: string;
};
type Refusal_OverlapError_Fragment = {
    readonly code: MutationErrorCode;
    readonly message: string;
};
type Refusal_VersionConflictError_Fragment = {
    readonly code: MutationErrorCode;
    readonly message: string;
};
export type RefusalFragment = Refusal_AlreadyDecidedError_Fragment | Refusal_DoneBeforeError_Fragment | Refusal_IdempotencyMismatchError_Fragment | Refusal_InvalidDatesError_Fragment | Refusal_NotAllowedError_Fragment | Refusal_NotFoundError_Fragment | Refusal_OverlapError_Fragment | Refusal_VersionConflictError_Fragment;
export type ConflictFragment = {
    readonly request: {
        readonly id: string;
        readonly requestId: string;
        readonly employeeName: string | null;
        readonly startDate: string | null;
        readonly endDate: string | null;
        readonly status: HolidayRequestStatus | null;
        readonly managerNote: string | null;
        readonly decidedBy: string | null;
        readonly decidedAt: string | null;
        readonly version: number | null;
        readonly employee: {
            readonly id: string;
            readonly email: string;
            readonly name: string | null;
        } | null;
    };
};
export type DecidedFragment = {
    readonly request: {
        readonly id: string;
        readonly requestId: string;
        readonly employeeName: string | null;
        readonly startDate: string | null;
        readonly endDate: string | null;
        readonly status: HolidayRequestStatus | null;
        readonly managerNote: string | null;
        readonly decidedBy: string | null;
        readonly decidedAt: string | null;
        readonly version: number | null;
        readonly employee: {
            readonly id: string;
            readonly email: string;
            readonly name: string | null;
        } | null;
    };
};
export type CreateHolidayRequestMutationVariables = Exact<{
    startDate: string;
    endDate: string;
}>;
export type CreateHolidayRequestMutation = {
    readonly createHolidayRequest: {
        readonly __typename: 'DoneBeforeError';
        readonly code: MutationErrorCode;
        readonly message: string;
    } | {
        readonly __typename: 'HolidayRequest';
        readonly id: string;
        readonly requestId: string;
        readonly employeeName: string | null;
        readonly startDate: string | null;
        readonly endDate: string | null;
        readonly status: HolidayRequestStatus | null;
        readonly managerNote: string | null;
        readonly decidedBy: string | null;
        readonly decidedAt: string | null;
        readonly version: number | null;
        readonly employee: {
            readonly id: string;
            readonly email: string;
            readonly name: string | null;
        } | null;
    } | {
        readonly __typename: 'IdempotencyMismatchError';
        readonly code: MutationErrorCode;
        readonly message: string;
    } | {
        readonly __typename: 'InvalidDatesError';
        readonly code: MutationErrorCode;
        readonly message: string;
    } | {
        readonly __typename: 'NotAllowedError';
        readonly code: MutationErrorCode;
        readonly message: string;
    } | {
        readonly __typename: 'OverlapError';
        readonly code: MutationErrorCode;
        readonly message: string;
        readonly other: {
            readonly id: string;
            readonly requestId: string;
            readonly employeeName: string | null;
            readonly startDate: string | null;
            readonly endDate: string | null;
            readonly status: HolidayRequestStatus | null;
            readonly managerNote: string | null;
            readonly decidedBy: string | null;
            readonly decidedAt: string | null;
            readonly version: number | null;
            readonly employee: {
                readonly id: string;
                readonly email: string;
                readonly name: string | null;
            } | null;
        } | null;
    } | null;
};
export type ApproveHolidayRequestMutationVariables = Exact<{
    id: string;
    version: number;
    note?: string | null | undefined;
}>;
export type ApproveHolidayRequestMutation = {
    readonly approveHolidayRequest: {
        readonly __typename: 'AlreadyDecidedError';
        readonly code: MutationErrorCode;
        readonly message: string;
        readonly request: {
            readonly id: string;
            readonly requestId: string;
            readonly employeeName: string | null;
            readonly startDate: string | null;
            readonly endDate: string | null;
            readonly status: HolidayRequestStatus | null;
            readonly managerNote: string | null;
            readonly decidedBy: string | null;
            readonly decidedAt: string | null;
            readonly version: number | null;
            readonly employee: {
                readonly id: string;
                readonly email: string;
                readonly name: string | null;
            } | null;
        };
    } | {
        readonly __typename: 'DoneBeforeError';
        readonly code: MutationErrorCode;
        readonly message: string;
    } | {
        readonly __typename: 'HolidayRequest';
        readonly id: string;
        readonly requestId: string;
        readonly employeeName: string | null;
        readonly startDate: string | null;
        readonly endDate: string | null;
        readonly status: HolidayRequestStatus | null;
        readonly managerNote: string | null;
        readonly decidedBy: string | null;
        readonly decidedAt: string | null;
        readonly version: number | null;
        readonly employee: {
            readonly id: string;
            readonly email: string;
            readonly name: string | null;
        } | null;
    } | {
        readonly __typename: 'IdempotencyMismatchError';
        readonly code: MutationErrorCode;
        readonly message: string;
    } | {
        readonly __typename: 'NotAllowedError';
        readonly code: MutationErrorCode;
        readonly message: string;
    } | {
        readonly __typename: 'NotFoundError';
        readonly code: MutationErrorCode;
        readonly message: string;
    } | {
        readonly __typename: 'VersionConflictError';
        readonly code: MutationErrorCode;
        readonly message: string;
        readonly request: {
            readonly id: string;
            readonly requestId: string;
            readonly employeeName: string | null;
            readonly startDate: string | null;
            readonly endDate: string | null;
            readonly status: HolidayRequestStatus | null;
            readonly managerNote: string | null;
            readonly decidedBy: string | null;
            readonly decidedAt: string | null;
            readonly version: number | null;
            readonly employee: {
                readonly id: string;
                readonly email: string;
                readonly name: string | null;
            } | null;
        };
    } | null;
};
export type RejectHolidayRequestMutationVariables = Exact<{
    id: string;
    version: number;
    note?: string | null | undefined;
}>;
export type RejectHolidayRequestMutation = {
    readonly rejectHolidayRequest: {
        readonly __typename: 'AlreadyDecidedError';
        readonly code: MutationErrorCode;
        readonly message: string;
        readonly request: {
            readonly id: string;
            readonly requestId: string;
            readonly employeeName: string | null;
            readonly startDate: string | null;
            readonly endDate: string | null;
            readonly status: HolidayRequestStatus | null;
            readonly managerNote: string | null;
            readonly decidedBy: string | null;
            readonly decidedAt: string | null;
            readonly version: number | null;
            readonly employee: {
                readonly id: string;
                readonly email: string;
                readonly name: string | null;
            } | null;
        };
    } | {
        readonly __typename: 'DoneBeforeError';
        readonly code: MutationErrorCode;
        readonly message: string;
    } | {
        readonly __typename: 'HolidayRequest';
        readonly id: string;
        readonly requestId: string;
        readonly employeeName: string | null;
        readonly startDate: string | null;
        readonly endDate: string | null;
        readonly status: HolidayRequestStatus | null;
        readonly managerNote: string | null;
        readonly decidedBy: string | null;
        readonly decidedAt: string | null;
        readonly version: number | null;
        readonly employee: {
            readonly id: string;
            readonly email: string;
            readonly name: string | null;
        } | null;
    } | {
        readonly __typename: 'IdempotencyMismatchError';
        readonly code: MutationErrorCode;
        readonly message: string;
    } | {
        readonly __typename: 'NotAllowedError';
        readonly code: MutationErrorCode;
        readonly message: string;
    } | {
        readonly __typename: 'NotFoundError';
        readonly code: MutationErrorCode;
        readonly message: string;
    } | {
        readonly __typename: 'VersionConflictError';
        readonly code: MutationErrorCode;
        readonly message: string;
        readonly request: {
            readonly id: string;
            readonly requestId: string;
            readonly employeeName: string | null;
            readonly startDate: string | null;
            readonly endDate: string | null;
            readonly status: HolidayRequestStatus | null;
            readonly managerNote: string | null;
            readonly decidedBy: string | null;
            readonly decidedAt: string | null;
            readonly version: number | null;
            readonly employee: {
                readonly id: string;
                readonly email: string;
                readonly name: string | null;
            } | null;
        };
    } | null;
};
export type WithdrawHolidayRequestMutationVariables = Exact<{
    id: string;
    version: number;
}>;
export type WithdrawHolidayRequestMutation = {
    readonly withdrawHolidayRequest: {
        readonly __typename: 'AlreadyDecidedError';
        readonly code: MutationErrorCode;
        readonly message: string;
        readonly request: {
            readonly id: string;
            readonly requestId: string;
            readonly employeeName: string | null;
            readonly startDate: string | null;
            readonly endDate: string | null;
            readonly status: HolidayRequestStatus | null;
            readonly managerNote: string | null;
            readonly decidedBy: string | null;
            readonly decidedAt: string | null;
            readonly version: number | null;
            readonly employee: {
                readonly id: string;
                readonly email: string;
                readonly name: string | null;
            } | null;
        };
    } | {
        readonly __typename: 'DoneBeforeError';
        readonly code: MutationErrorCode;
        readonly message: string;
    } | {
        readonly __typename: 'HolidayRequest';
        readonly id: string;
        readonly requestId: string;
        readonly employeeName: string | null;
        readonly startDate: string | null;
        readonly endDate: string | null;
        readonly status: HolidayRequestStatus | null;
        readonly managerNote: string | null;
        readonly decidedBy: string | null;
        readonly decidedAt: string | null;
        readonly version: number | null;
        readonly employee: {
            readonly id: string;
            readonly email: string;
            readonly name: string | null;
        } | null;
    } | {
        readonly __typename: 'IdempotencyMismatchError';
        readonly code: MutationErrorCode;
        readonly message: string;
    } | {
        readonly __typename: 'NotAllowedError';
        readonly code: MutationErrorCode;
        readonly message: string;
    } | {
        readonly __typename: 'NotFoundError';
        readonly code: MutationErrorCode;
        readonly message: string;
    } | {
        readonly __typename: 'VersionConflictError';
        readonly code: MutationErrorCode;
        readonly message: string;
        readonly request: {
            readonly id: string;
            readonly requestId: string;
            readonly employeeName: string | null;
            readonly startDate: string | null;
            readonly endDate: string | null;
            readonly status: HolidayRequestStatus | null;
            readonly managerNote: string | null;
            readonly decidedBy: string | null;
            readonly decidedAt: string | null;
            readonly version: number | null;
            readonly employee: {
                readonly id: string;
                readonly email: string;
                readonly name: string | null;
            } | null;
        };
    } | null;
};
export type TripFieldsFragment = {
    readonly id: string;
    readonly tripId: string;
    readonly pickupAt: string | null;
    readonly dropoffAt: string | null;
    readonly durationSeconds: number | null;
    readonly distance: number | null;
    readonly fare: number | null;
    readonly pickupZip: string | null;
    readonly dropoffZip: string | null;
};
export type TripQueryVariables = Exact<{
    id: string;
}>;
export type TripQuery = {
    readonly trip: {
        readonly id: string;
        readonly tripId: string;
        readonly pickupAt: string | null;
        readonly dropoffAt: string | null;
        readonly durationSeconds: number | null;
        readonly distance: number | null;
        readonly fare: number | null;
        readonly pickupZip: string | null;
        readonly dropoffZip: string | null;
    } | null;
};
export type TripsQueryVariables = Exact<{
    first?: number | null | undefined;
    after?: string | null | undefined;
    last?: number | null | undefined;
    before?: string | null | undefined;
    filter?: TripFilter | null | undefined;
    orderBy?: TripOrder | null | undefined;
}>;
export type TripsQuery = {
    readonly trips: {
        readonly nodes: ReadonlyArray<{
            readonly id: string;
            readonly tripId: string;
            readonly pickupAt: string | null;
            readonly dropoffAt: string | null;
            readonly durationSeconds: number | null;
            readonly distance: number | null;
            readonly fare: number | null;
            readonly pickupZip: string | null;
            readonly dropoffZip: string | null;
        }>;
        readonly pageInfo: {
            readonly startCursor: string | null;
            readonly endCursor: string | null;
            readonly hasPreviousPage: boolean;
            readonly hasNextPage: boolean;
        };
    };
};
export type TripStatsQueryVariables = Exact<{
    filter?: TripFilter | null | undefined;
}>;
export type TripStatsQuery = {
    readonly tripStats: {
        readonly count: number;
        readonly totalDistance: number;
        readonly totalDurationSeconds: number;
        readonly totalFare: number;
        readonly averageDistance: number | null;
        readonly averageDurationSeconds: number | null;
        readonly averageFare: number | null;
    };
};
/** By their names. */
export declare const operations: {
    approveHolidayRequest: Document<ApproveHolidayRequestMutation, ApproveHolidayRequestMutationVariables> & {
        readonly kind: "mutation";
    };
    campaign: Document<CampaignQuery, CampaignQueryVariables> & {
        readonly kind: "query";
    };
    campaignPerformance: Document<CampaignPerformanceQuery, CampaignPerformanceQueryVariables> & {
        readonly kind: "query";
    };
    campaignTotals: Document<CampaignTotalsQuery, CampaignTotalsQueryVariables> & {
        readonly kind: "query";
    };
    campaigns: Document<CampaignsQuery, CampaignsQueryVariables> & {
        readonly kind: "query";
    };
    createHolidayRequest: Document<CreateHolidayRequestMutation, CreateHolidayRequestMutationVariables> & {
        readonly kind: "mutation";
    };
    holidayRequest: Document<HolidayRequestQuery, HolidayRequestQueryVariables> & {
        readonly kind: "query";
    };
    holidayRequests: Document<HolidayRequestsQuery, HolidayRequestsQueryVariables> & {
        readonly kind: "query";
    };
    rejectHolidayRequest: Document<RejectHolidayRequestMutation, RejectHolidayRequestMutationVariables> & {
        readonly kind: "mutation";
    };
    trip: Document<TripQuery, TripQueryVariables> & {
        readonly kind: "query";
    };
    tripStats: Document<TripStatsQuery, TripStatsQueryVariables> & {
        readonly kind: "query";
    };
    trips: Document<TripsQuery, TripsQueryVariables> & {
        readonly kind: "query";
    };
    viewer: Document<ViewerQuery, ViewerQueryVariables> & {
        readonly kind: "query";
    };
    withdrawHolidayRequest: Document<WithdrawHolidayRequestMutation, WithdrawHolidayRequestMutationVariables> & {
        readonly kind: "mutation";
    };
};
export {};

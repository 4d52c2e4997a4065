// Made by lakebase-documents. Change the documents, and make it anew.

import type { Document } from '../../../sdk/src/index.ts'

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type CheapTripsQueryVariables = Exact<{
  max: number;
}>;


export type CheapTripsQuery = { readonly trips: { readonly nodes: ReadonlyArray<{ readonly fare: number | null, readonly pickupZip: string | null }> } };

export type OwnTripFragment = { readonly fare: number | null, readonly pickupZip: string | null };

/** By their names. */
export const operations = {
  cheapTrips: {
    "kind": "query",
    "name": "cheapTrips",
    "id": "sha256:f43b23e47e80c91645bbd9e026043c35d4e476ee42b3b967f6d61ba6a4fc5616",
    "text": "query cheapTrips($max: Float!) {\n  trips(first: 2, filter: {fare: {max: $max}}) {\n    nodes {\n      ...OwnTrip\n    }\n  }\n}\n\nfragment OwnTrip on Trip {\n  fare\n  pickupZip\n}"
  } as Document<CheapTripsQuery, CheapTripsQueryVariables> & { readonly kind: 'query' },
}

const sources = {
  "\n      query cheapTrips($max: Float!) {\n        trips(first: 2, filter: { fare: { max: $max } }) {\n          nodes {\n            ...OwnTrip\n          }\n        }\n      }\n    ": operations.cheapTrips,
}

/** The document that this text is, with its types. Fragments alone give undefined: others use them by name. */
export function graphql<const Text extends keyof typeof sources>(text: Text): (typeof sources)[Text] {
  if (Object.hasOwn(sources, text)) return sources[text]
  throw new Error('lakebase-documents has not seen this text yet. Run it anew, and build.')
}

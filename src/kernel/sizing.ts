/** While the app is deployed, an old and a new instance run side by side. */
export const INSTANCES = 2
/** Connections that each table takes while it is synced, at most. */
export const FOR_A_SYNC = 16
/** Connections that Lakebase keeps for itself. */
export const RESERVED = 7

/** What this client calls itself. */
export const VERSION = 'lakebase-graphql-sdk/0.1.0'

/** What this client calls itself. */
export declare const VERSION = "lakebase-graphql-sdk/0.1.0";

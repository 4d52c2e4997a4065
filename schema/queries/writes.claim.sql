-- takes an idempotency key, first of all that a mutation does: state, stored
/* writes.claim */ select state, stored from lakebase_graphql.claim_key($1, $2, $3, $4::integer, $5::boolean);

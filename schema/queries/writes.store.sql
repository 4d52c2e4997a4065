-- keeps what a mutation has come to, before its COMMIT: stored
/* writes.store */ select lakebase_graphql.store_outcome($1, $2, $3::jsonb);

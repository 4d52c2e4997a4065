-- latest entries: id, at, actor, action, table, row, before, after, requestId
/* audit.page */ select "id", "at", "actor", "action", "table_name", "row_id", "before", "after", "request_id"
  from "lakebase_graphql"."audit"
  where lakebase_graphql.require_row_security('"lakebase_graphql"."audit"'::regclass)
  order by "at" desc, "id" desc
  limit $1::bigint;

-- with every filter: id, at, actor, action, table, row, before, after, requestId
/* audit.page */ select "id", "at", "actor", "action", "table_name", "row_id", "before", "after", "request_id"
  from "lakebase_graphql"."audit"
  where lakebase_graphql.require_row_security('"lakebase_graphql"."audit"'::regclass)
  and "actor" = $1::text
  and "table_name" = $2::text
  and "row_id" = $3::text
  and "request_id" = $4::text
  and "at" >= $5::timestamp with time zone
  and "at" < $6::timestamp with time zone
  order by "at" desc, "id" desc
  limit $7::bigint;

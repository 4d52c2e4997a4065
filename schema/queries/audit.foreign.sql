-- of another server: entries, cursor
/* audit.foreign */ select exists (select
  from "lakebase_graphql"."audit"
  where lakebase_graphql.require_row_security('"lakebase_graphql"."audit"'::regclass)
  and transaction >= pg_snapshot_xmax(pg_current_snapshot())), $1::xid8 >= pg_snapshot_xmax(pg_current_snapshot());

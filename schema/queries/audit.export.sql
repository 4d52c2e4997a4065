-- from a cursor on: cursor, line
/* audit.export */ select transaction::text || '.' || id::text, json_build_object( 'cursor', transaction::text || '.' || id::text, 'at', at, 'actor', actor, 'action', action, 'table', table_name, 'row', row_id, 'before', before, 'after', after, 'requestId', request_id)
  from "lakebase_graphql"."audit"
  where lakebase_graphql.require_row_security('"lakebase_graphql"."audit"'::regclass)
  and (transaction, id) > ($1::xid8, $2::bigint)
  and transaction < pg_snapshot_xmin(pg_current_snapshot())
  order by transaction, id
  limit $3;

-- Up Migration

-- Policies and statements of viewers' own roles call these functions; nothing else in this schema is granted to anybody.
grant usage on schema lakebase_graphql to public;

-- Who is asking, for policies. A role is itself, whatever it has set. Only the app's own role may speak for somebody else:
-- in a session that was opened for that, and for one transaction. NULL, which no row matches, for the app as itself.
-- `session_viewer` is for SECURITY DEFINER functions, in which the current user is their owner.
do $$
begin
  execute format(
    $f$
      create function lakebase_graphql.viewer() returns text
      language sql stable parallel safe security invoker
      return case
        when current_user <> %1$L then current_user::text
        when current_setting('lakebase_graphql.access', true) = 'claims'
          then nullif(current_setting('lakebase_graphql.viewer', true), '')
      end;
      create function lakebase_graphql.session_viewer() returns text
      language sql stable parallel safe security invoker
      return case
        when session_user <> %1$L then session_user::text
        when current_setting('lakebase_graphql.access', true) = 'claims'
          then nullif(current_setting('lakebase_graphql.viewer', true), '')
      end;
    $f$,
    current_user
  );
end
$$;

-- True, or the statement fails: a condition of every read of a table whose rows are for their viewers.
create function lakebase_graphql.require_row_security(relation regclass) returns boolean
language plpgsql stable parallel safe security invoker
as $$
begin
  if pg_catalog.row_security_active(relation::oid) then
    return true;
  end if;
  raise exception using errcode = 'LG001', message = 'row-level security does not bind this role';
end
$$;

-- Down Migration

drop function lakebase_graphql.require_row_security(regclass);
drop function lakebase_graphql.session_viewer();
drop function lakebase_graphql.viewer();
revoke usage on schema lakebase_graphql from public;

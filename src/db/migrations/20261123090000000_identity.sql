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
        when current_user <> %1$L then current_user::pg_catalog.text
        when current_setting('lakebase_graphql.access', true) = 'claims'
          then nullif(current_setting('lakebase_graphql.viewer', true), '')
      end;
      create function lakebase_graphql.session_viewer() returns text
      language sql stable parallel safe security invoker
      return case
        when session_user <> %1$L then session_user::pg_catalog.text
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
  if pg_catalog.row_security_active(relation::pg_catalog.oid) then
    return true;
  end if;
  raise exception using errcode = 'LG001', message = 'row-level security does not bind this role';
end
$$;

-- True, or the statement fails: asked before each read for a viewer. Postgres keeps plans, with the policies of the moment they
-- were made, although a role may since have got BYPASSRLS, lost it, or got another name: a session has a role, not a name.
create function lakebase_graphql.require_role(expected text) returns boolean
language plpgsql stable parallel safe security invoker
as $$
begin
  if current_user = expected and exists (
    select from pg_catalog.pg_roles where rolname = current_user and not rolsuper and not rolbypassrls
  ) then
    return true;
  end if;
  raise exception using errcode = 'LG001', message = 'row-level security does not bind this role, or it is another one';
end
$$;

grant execute on function
  lakebase_graphql.viewer(), lakebase_graphql.session_viewer(), lakebase_graphql.require_row_security(regclass),
  lakebase_graphql.require_role(text)
to public;

-- Down Migration

drop function lakebase_graphql.require_role(text);
drop function lakebase_graphql.require_row_security(regclass);
drop function lakebase_graphql.session_viewer();
drop function lakebase_graphql.viewer();
revoke usage on schema lakebase_graphql from public;

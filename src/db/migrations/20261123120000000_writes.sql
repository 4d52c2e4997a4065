-- Up Migration

-- Whom the setting OPERATORS names: written by the app at each start, read by `is_operator()` alone.
create table lakebase_graphql.operators (name text primary key);

comment on table lakebase_graphql.operators is 'The setting OPERATORS: names of viewers, and of groups or roles';

-- Whether who asks is an operator: by name, as a member of a role, or (where the app speaks for viewers) of a claimed group.
create function lakebase_graphql.is_operator() returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from lakebase_graphql.operators o
     where o.name = lakebase_graphql.session_viewer()
        or exists (
          select from pg_roles asker, pg_roles held
           where asker.rolname = lakebase_graphql.session_viewer() and held.rolname = o.name
             and pg_has_role(asker.oid, held.oid, 'usage')
        )
        or (
          -- Only the app's own sessions can claim; in here the current user is their role.
          session_user = current_user and current_setting('lakebase_graphql.access', true) = 'claims'
          and coalesce(nullif(current_setting('lakebase_graphql.groups', true), ''), '[]')::jsonb ? o.name
        )
  )
$$;

-- What mutations have come to, by the key that says which of them are one and the same. A mutation's row is written in the
-- transaction of its effect: both are there, or neither.
create table lakebase_graphql.idempotency_keys (
  viewer text not null,
  key text not null,
  field text not null,
  arguments_hash text not null,
  outcome jsonb,
  expires_at timestamptz not null,
  primary key (viewer, key, field)
);

create index idempotency_keys_expires_at on lakebase_graphql.idempotency_keys (expires_at);

comment on table lakebase_graphql.idempotency_keys is 'What each mutation has come to, until its key expires';

-- Takes a key for who asks, until this transaction ends. If another transaction has it, this waits for that one's end.
-- `claimed`: go on, and store the outcome. `done`: it has been done, with this outcome. `mismatch`: it has been done with
-- other arguments. `full`: who asks has too many keys that haven't expired.
create function lakebase_graphql.claim_key(
  wanted_key text, wanted_field text, wanted_hash text, kept_ms integer, given boolean, out state text, out stored jsonb
)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  -- Keys that clients gave, and all together: those that nobody gave are kept for ten minutes.
  most_given constant integer := 20000;
  most constant integer := 100000;
  asker constant text := lakebase_graphql.session_viewer();
  known lakebase_graphql.idempotency_keys;
begin
  if asker is null or length(wanted_key) > 255 or length(wanted_field) > 500 or length(wanted_hash) > 100
    or kept_ms not between 1 and 86400000 then
    raise exception using errcode = '22023', message = 'no viewer, or a key that is too long';
  end if;
  loop
    select * into known from lakebase_graphql.idempotency_keys
     where viewer = asker and key = wanted_key and field = wanted_field and outcome is not null
       and expires_at > clock_timestamp();
    if found then
      state := case when known.arguments_hash = wanted_hash then 'done' else 'mismatch' end;
      if state = 'done' then
        stored := known.outcome;
      end if;
      return;
    end if;
    -- Only a key that is new is refused: what was done under one that is known can always be learnt.
    if given and most_given = (
      select count(*) from (
        select from lakebase_graphql.idempotency_keys
         where viewer = asker and expires_at > clock_timestamp() + interval '10 minutes' limit most_given
      ) as of_clients
    ) or most = (
      select count(*) from (
        select from lakebase_graphql.idempotency_keys where viewer = asker and expires_at > clock_timestamp() limit most
      ) as of_asker
    ) then
      state := 'full';
      return;
    end if;
    insert into lakebase_graphql.idempotency_keys as k (viewer, key, field, arguments_hash, expires_at)
    values (asker, wanted_key, wanted_field, wanted_hash, clock_timestamp() + kept_ms * interval '1 ms')
    on conflict (viewer, key, field) do update
      set arguments_hash = excluded.arguments_hash, outcome = null, expires_at = excluded.expires_at
      where k.expires_at <= clock_timestamp() or k.outcome is null;
    if found then
      state := 'claimed';
      return;
    end if;
  end loop;
end
$$;

-- Notes what a key that was claimed has come to.
create function lakebase_graphql.store_outcome(claimed_key text, claimed_field text, new_outcome jsonb) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if jsonb_typeof(new_outcome) <> 'object' or length(new_outcome::text) > 10000 then
    raise exception using errcode = '22023', message = 'an outcome is no object, or too long to be kept';
  end if;
  update lakebase_graphql.idempotency_keys set outcome = new_outcome
   where viewer = lakebase_graphql.session_viewer() and key = claimed_key and field = claimed_field;
  if not found then
    raise exception using errcode = '22023', message = 'the key has not been claimed';
  end if;
end
$$;

-- True, or the statement fails: a condition of every write. Row-level security must bind the role, and the table's rules (its
-- trigger of that name) must be there: without them a write could do what nobody may.
create function lakebase_graphql.require_rules(relation regclass) returns boolean
language plpgsql stable parallel safe security invoker
as $$
begin
  if pg_catalog.row_security_active(relation::pg_catalog.oid) and exists (
    select from pg_catalog.pg_trigger where tgrelid = relation and tgname = 'rules' and tgenabled in ('O', 'A')
  ) then
    return true;
  end if;
  raise exception using errcode = 'LG002', message = 'the rules of the table do not bind this role';
end
$$;

-- Who changed what, when, from what and to what. Written by triggers only; read by operators only; never changed. A policy
-- alone wouldn't do: to roles with SELECT, EXPLAIN says how many rows an index found before the policy took them away. So the
-- app grants it to the roles that OPERATORS names.
create table lakebase_graphql.audit (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  actor text not null,
  action text not null,
  table_name text not null,
  row_id text,
  before jsonb,
  after jsonb,
  request_id text,
  transaction xid8 not null default pg_current_xact_id()
);

create index audit_at on lakebase_graphql.audit (at, id);
create index audit_row on lakebase_graphql.audit (table_name, row_id, at, id);
create index audit_actor on lakebase_graphql.audit (actor, at, id);
create index audit_request on lakebase_graphql.audit (request_id, at, id);
create index audit_transaction on lakebase_graphql.audit (transaction, id);

comment on table lakebase_graphql.audit is 'Who changed what, when, from what and to what; written by triggers, never changed';
comment on column lakebase_graphql.audit.actor is 'The role that had logged in, or the viewer for whom the app asked';
comment on column lakebase_graphql.audit.request_id is 'X-Request-Id of the change, as the session said it: NULL for changes past the API';

alter table lakebase_graphql.audit enable row level security, force row level security;
create policy operators_read on lakebase_graphql.audit for select using ((select lakebase_graphql.is_operator()));
create policy triggers_write on lakebase_graphql.audit for insert with check (pg_trigger_depth() > 0);

create function lakebase_graphql.refuse_change() returns trigger
language plpgsql
as $$
begin
  raise exception using errcode = '42501', message = format('%s is append-only', tg_relid::regclass);
end
$$;

create trigger append_only before update or delete or truncate on lakebase_graphql.audit
  for each statement execute function lakebase_graphql.refuse_change();
alter table lakebase_graphql.audit enable always trigger append_only;

-- For `create trigger audit after insert or update or delete … for each row`, with the key's column as its argument, and for
-- `after truncate … for each statement`. Who logged in counts, not whom they have since become by SET ROLE.
create function lakebase_graphql.record_change() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  old_row jsonb;
  new_row jsonb;
begin
  if tg_op in ('UPDATE', 'DELETE') then
    old_row := to_jsonb(old);
  end if;
  if tg_op in ('INSERT', 'UPDATE') then
    new_row := to_jsonb(new);
  end if;
  insert into lakebase_graphql.audit (actor, action, table_name, row_id, before, after, request_id)
  values (
    coalesce(lakebase_graphql.session_viewer(), session_user), tg_op, format('%s.%s', tg_table_schema, tg_table_name),
    coalesce(new_row, old_row) ->> tg_argv[0], old_row, new_row,
    left(nullif(current_setting('lakebase_graphql.request_id', true), ''), 128)
  );
  return null;
end
$$;

revoke execute on function
  lakebase_graphql.refuse_change(), lakebase_graphql.record_change(), lakebase_graphql.is_operator(),
  lakebase_graphql.claim_key(text, text, text, integer, boolean), lakebase_graphql.store_outcome(text, text, jsonb)
from public;
grant execute on function
  lakebase_graphql.is_operator(), lakebase_graphql.claim_key(text, text, text, integer, boolean),
  lakebase_graphql.store_outcome(text, text, jsonb), lakebase_graphql.require_rules(regclass)
to public;

-- Down Migration

drop table lakebase_graphql.audit;
drop function lakebase_graphql.record_change();
drop function lakebase_graphql.refuse_change();
drop function lakebase_graphql.require_rules(regclass);
drop function lakebase_graphql.store_outcome(text, text, jsonb);
drop function lakebase_graphql.claim_key(text, text, text, integer, boolean);
drop table lakebase_graphql.idempotency_keys;
drop function lakebase_graphql.is_operator();
drop table lakebase_graphql.operators;

-- trips: synced, taxi.trips_synced
--   id: integer; feeds id
--   tpep_pickup_datetime: timestamp; feeds pickupAt
--   tpep_dropoff_datetime: timestamp; feeds dropoffAt
--   trip_distance: float; feeds distance
--   fare_amount: float; feeds fare
--   pickup_zip: integer; feeds pickupZip
--   dropoff_zip: integer; feeds dropoffZip
-- with these indexes, which the app creates if it may:
create index "trips_pickup_at" on "taxi"."trips_synced" ("tpep_pickup_datetime", "id");
create index "trips_fare" on "taxi"."trips_synced" ("fare_amount", "id");
create index "trips_distance" on "taxi"."trips_synced" ("trip_distance", "id");
create index "trips_duration" on "taxi"."trips_synced" ((case when isfinite("tpep_pickup_datetime") and isfinite("tpep_dropoff_datetime") then "tpep_dropoff_datetime" - "tpep_pickup_datetime" end), "id");
create index "trips_pickup_zip" on "taxi"."trips_synced" ("pickup_zip", "tpep_pickup_datetime", "id");
create index "trips_dropoff_zip" on "taxi"."trips_synced" ("dropoff_zip", "tpep_pickup_datetime", "id");

-- campaigns: synced, marketing.campaign_performance
--   primary_key: integer; feeds id
--   campaign_id: text; feeds campaign
--   week_start: text; feeds weekStart
--   performance_tier: text; feeds tier
--   publisher: text; feeds publisher
--   region: text; feeds region
--   device_type: text; feeds deviceType
--   ad_type: text; feeds adType
--   impressions: integer; feeds impressions
--   clicks: integer; feeds clicks
--   conversions: integer; feeds conversions
--   CTR: float; feeds clickThroughRate
--   conversion_rate: float; feeds conversionRate
--   cost: float; feeds cost
--   CPC: float; feeds costPerClick
--   budget: float; feeds budget
--   revenue: float; feeds revenue
--   ROAS: float; feeds returnOnAdSpend
--   target_CTR: float; feeds targetClickThroughRate
--   target_CR: float; feeds targetConversionRate
--   platform_ratios: json; feeds platformRatios
-- with these indexes, which the app creates if it may:
create index "campaigns_tier" on "marketing"."campaign_performance" ("campaign_id", "performance_tier");
create index "campaigns_week" on "marketing"."campaign_performance" ("campaign_id", "week_start", "primary_key");
create index "campaigns_by_weekStart" on "marketing"."campaign_performance" ("week_start", "primary_key");
create index "campaigns_by_impressions" on "marketing"."campaign_performance" ("impressions", "primary_key");
create index "campaigns_by_clicks" on "marketing"."campaign_performance" ("clicks", "primary_key");
create index "campaigns_by_conversions" on "marketing"."campaign_performance" ("conversions", "primary_key");
create index "campaigns_by_clickThroughRate" on "marketing"."campaign_performance" ("CTR", "primary_key");
create index "campaigns_by_conversionRate" on "marketing"."campaign_performance" ("conversion_rate", "primary_key");
create index "campaigns_by_cost" on "marketing"."campaign_performance" ("cost", "primary_key");
create index "campaigns_by_costPerClick" on "marketing"."campaign_performance" ("CPC", "primary_key");
create index "campaigns_by_budget" on "marketing"."campaign_performance" ("budget", "primary_key");
create index "campaigns_by_revenue" on "marketing"."campaign_performance" ("revenue", "primary_key");
create index "campaigns_by_returnOnAdSpend" on "marketing"."campaign_performance" ("ROAS", "primary_key");

-- holidayRequests: owned, holidays.holiday_requests
--   request_id: integer; feeds id
--   employee_name: text; feeds employeeName
--   start_date: date; feeds startDate
--   end_date: date; feeds endDate
--   status: text; feeds status
--   manager_note: text; feeds managerNote
--   requester: text; feeds requester
--   manager: text; feeds manager
--   version: integer; feeds version
--   decided_by: text; feeds decidedBy
--   decided_at: timestamp; feeds decidedAt
-- with these indexes, which the app creates if it may:
create index "holiday_requests_requester" on "holidays"."holiday_requests" ("requester", "start_date", "request_id");

-- employees: owned, holidays.employees
--   email: text; feeds email
--   name: text; feeds name
--   manager: text; feeds manager
-- with these indexes, which the app creates if it may:

-- audit: owned, lakebase_graphql.audit
--   id: integer; feeds id
--   at: timestamp; feeds at
--   actor: text; feeds actor
--   action: text; feeds action
--   table_name: text; feeds table
--   row_id: text; feeds row
--   before: json; feeds before
--   after: json; feeds after
--   request_id: text; feeds requestId
-- with these indexes, which the app creates if it may:

-- src/db/migrations/20261122090000000_installation.sql
-- What this installation of the API keeps about itself: one row, never changed.
create table lakebase_graphql.installation (
  singleton boolean primary key default true check (singleton),
  created_at timestamptz not null default now(),
  -- Signs cursors. It lies here so that a cursor holds across restarts and between instances.
  cursor_key bytea not null
);

comment on table lakebase_graphql.installation is 'One row: what this installation of the GraphQL API keeps about itself';

insert into lakebase_graphql.installation (cursor_key)
values (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));

-- src/db/migrations/20261123090000000_identity.sql
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

-- src/domains/holidays/migrations/20261123091000000_holidays.sql
-- The table of holiday requests as the guide has it, where it isn't there yet; then what policies need beside it.
-- All of this can be run again, and by whoever owns the tables.
do $$
begin
  if to_regnamespace('holidays') is null then
    create schema holidays;
  end if;
end
$$;

create table if not exists holidays.holiday_requests (
  request_id serial primary key,
  employee_name varchar(255) not null,
  start_date date,
  end_date date,
  status varchar(50) not null default 'Pending',
  manager_note text
);

alter table holidays.holiday_requests
  add column if not exists requester text,
  add column if not exists manager text,
  add column if not exists version integer not null default 1,
  add column if not exists decided_by text,
  add column if not exists decided_at timestamptz;

comment on column holidays.holiday_requests.requester is 'Postgres role (e-mail address) of the employee who asks; nobody but operators sees a request without one';
comment on column holidays.holiday_requests.manager is 'Postgres role (e-mail address) of the manager who is to decide';

-- Where this runs again, policies would keep the rows from the owner; FORCE is back at the end.
alter table holidays.holiday_requests no force row level security;
update holidays.holiday_requests
   set status = case lower(status) when 'declined' then 'Rejected' else initcap(status) end
 where status not in ('Pending', 'Approved', 'Rejected', 'Withdrawn');

-- Who reports to whom. Written by operators only.
create table if not exists holidays.employees (
  email text primary key,
  name text not null,
  manager text check (manager <> email)
);

comment on table holidays.employees is 'Who reports to whom, by Postgres roles (e-mail addresses)';

create index if not exists employees_manager on holidays.employees (manager);

-- Whom the one who asks reports to: it reads the chart past its policy, for this one question.
create or replace function holidays.manager_of_viewer() returns text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  found_manager text;
begin
  perform set_config('holidays.reading_chart', 'on', true);
  select manager into found_manager from holidays.employees where email = lakebase_graphql.session_viewer();
  perform set_config('holidays.reading_chart', 'off', true);
  return found_manager;
end
$$;

grant execute on function holidays.manager_of_viewer() to public;

-- Everybody sees themselves, their manager and their reports. Only that function's owner can be reading for it, whatever
-- others have set.
drop policy if exists see_own_line on holidays.employees;
create policy see_own_line on holidays.employees for select using (
  case
    when current_setting('holidays.reading_chart', true) = 'on'
     and current_user = (
       select pg_get_userbyid(proowner) from pg_proc where oid = 'holidays.manager_of_viewer()'::regprocedure
     )
      then true
    else email = (select lakebase_graphql.viewer())
      or manager = (select lakebase_graphql.viewer())
      or email = (select holidays.manager_of_viewer())
  end
);

-- Employees see their own requests, managers those of their reports, nobody else anything. One condition on one column, so
-- that Postgres reads by its index what may be seen, and not everybody's rows to throw most away.
drop policy if exists see_own_and_reports on holidays.holiday_requests;
create policy see_own_and_reports on holidays.holiday_requests for select using (
  requester = any (array(
    select lakebase_graphql.viewer()
    union all select email from holidays.employees where manager = (select lakebase_graphql.viewer())
  ))
);

alter table holidays.employees enable row level security, force row level security;
alter table holidays.holiday_requests enable row level security, force row level security;

-- Policies say who sees which rows: to ask is anybody's who may log in here.
grant usage on schema holidays to public;
grant select on holidays.employees, holidays.holiday_requests to public;

-- src/db/migrations/20261123120000000_writes.sql
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

-- src/domains/holidays/migrations/20261123121000000_workflow.sql
-- The workflow of holiday requests: rules that hold for whoever row-level security binds, by whatever way they come. The
-- owner without FORCE, superusers and roles with BYPASSRLS are operators, who may mend rows. All changes are written down.
-- All of this can be run again, and by whoever owns the tables.

-- Policies would keep the rows from the owner; FORCE is back at the end.
alter table holidays.holiday_requests no force row level security;

-- A sequence would have to be granted to viewers; an identity column needs no grant. A refused request takes a number too, so
-- there must be more of them than anybody could use up.
alter table holidays.holiday_requests alter column request_id type bigint;
do $$
declare
  old_sequence text;
  first_free bigint;
begin
  if exists (
    select from pg_attribute
     where attrelid = 'holidays.holiday_requests'::regclass and attname = 'request_id' and attidentity <> ''
  ) then
    return;
  end if;
  old_sequence := pg_get_serial_sequence('holidays.holiday_requests', 'request_id');
  select greatest(coalesce(max(request_id), 0) + 1, case when old_sequence is null then 1 else nextval(old_sequence) end)
    into first_free from holidays.holiday_requests;
  alter table holidays.holiday_requests alter column request_id drop default;
  if old_sequence is not null then
    execute format('drop sequence %s', old_sequence);
  end if;
  alter table holidays.holiday_requests alter column request_id add generated by default as identity;
  perform setval(pg_get_serial_sequence('holidays.holiday_requests', 'request_id'), first_free, false);
end
$$;

-- The days of requests that were made under the rules and are pending or approved. No two of one employee may meet, even if
-- both are made at once. Ranges of hashes, since text would need the extension btree_gist.
alter table holidays.holiday_requests add column if not exists days daterange;
comment on column holidays.holiday_requests.days is 'Of a request made under the rules: the days off, while it is pending or approved';
alter table holidays.holiday_requests drop constraint if exists no_overlap;
alter table holidays.holiday_requests add constraint no_overlap exclude using gist (
  numrange(hashtextextended(requester, 0), hashtextextended(requester, 0), '[]') with &&, days with &&
) where (requester is not null);

-- Who may do what. A refusal is SQLSTATE LG1..: LG101 not allowed, LG102 already decided, LG103 wrong days, LG104 overlap (the
-- other request's number is the detail).
create or replace function holidays.apply_rules() returns trigger
language plpgsql security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  asker constant text := lakebase_graphql.viewer();
  -- Wherever on earth who asks may be, it is today there or later. Not now(): a transaction may have begun days ago.
  today constant date := timezone('Etc/GMT+12', clock_timestamp())::date;
  wanted constant holidays.holiday_requests := new;
  asking record;
  other record;
begin
  if not row_security_active(tg_relid) then
    if tg_op = 'UPDATE' then
      new.version := old.version + 1;
      new.days := case
        when old.days is not null and new.requester is not null and new.status in ('Pending', 'Approved') and new.start_date <= new.end_date
          then daterange(new.start_date, new.end_date, '[]')
      end;
    end if;
    return new;
  end if;
  if current_setting('transaction_isolation') <> 'read committed' then
    -- Another would go on seeing the chart as it was when it began.
    raise exception using errcode = '0A000', message = 'holiday requests are changed in transactions that are READ COMMITTED';
  end if;
  if char_length(wanted.manager_note) > 2000 then
    raise exception using errcode = '22001', message = 'a note has at most 2000 characters';
  end if;

  if tg_op = 'INSERT' then
    select name, manager into asking from holidays.employees where email = asker;
    if not found then
      raise exception using errcode = 'LG101', message = 'You are not in the chart of employees, so you can’t ask for holidays.';
    elsif wanted.start_date is null or wanted.end_date is null then
      raise exception using errcode = 'LG103', message = 'A request needs a first and a last day.';
    elsif wanted.end_date < wanted.start_date then
      raise exception using errcode = 'LG103', message = 'The last day lies before the first.';
    elsif wanted.start_date < today then
      raise exception using errcode = 'LG103', message = 'The first day lies in the past.';
    elsif wanted.start_date > today + 730 then
      raise exception using errcode = 'LG103', message = 'The first day lies more than two years ahead.';
    elsif wanted.end_date > wanted.start_date + 365 then
      raise exception using errcode = 'LG103', message = 'A request is for at most 366 days.';
    end if;
    select request_id, start_date, end_date into other from holidays.holiday_requests
     where requester = asker and status in ('Pending', 'Approved')
       and start_date <= wanted.end_date and end_date >= wanted.start_date
     order by start_date limit 1;
    if found then
      raise exception using errcode = 'LG104', 
        message = format('You have asked for %s to %s already.', other.start_date, other.end_date), detail = other.request_id::text;
    end if;
    new.employee_name := asking.name;
    new.requester := asker;
    new.manager := asking.manager;
    new.status := 'Pending';
    new.manager_note := null;
    new.version := 1;
    new.decided_by := null;
    new.decided_at := null;
    new.days := daterange(wanted.start_date, wanted.end_date, '[]');
    return new;
  end if;

  -- Of an update, nothing counts but the new status and the note.
  new := old;
  new.status := wanted.status;
  new.version := old.version + 1;
  if old.status <> 'Pending' then
    raise exception using errcode = 'LG102', message = 'The request is no longer pending.';
  elsif wanted.status = 'Withdrawn' then
    if old.requester is distinct from asker then
      raise exception using errcode = 'LG101', message = 'Only the employee who has asked can withdraw a request.';
    elsif wanted.manager_note is distinct from old.manager_note then
      raise exception using errcode = 'LG101', message = 'Only the manager can write the note.';
    end if;
    new.days := null;
  elsif wanted.status in ('Approved', 'Rejected') then
    if old.requester = asker then
      raise exception using errcode = 'LG101', message = 'Nobody can decide about their own request.';
    elsif not exists (select from holidays.employees where email = old.requester and manager = asker) then
      raise exception using errcode = 'LG101', message = 'Only the manager of the employee can decide.';
    end if;
    new.manager_note := wanted.manager_note;
    new.manager := asker;
    new.decided_by := asker;
    new.decided_at := clock_timestamp();
    if wanted.status = 'Rejected' then
      new.days := null;
    end if;
  else
    raise exception using errcode = 'LG101', message = 'A pending request can be approved, rejected or withdrawn, nothing else.';
  end if;
  return new;
end
$$;

create or replace trigger rules before insert or update on holidays.holiday_requests
  for each row execute function holidays.apply_rules();
alter table holidays.holiday_requests enable always trigger rules;

create or replace trigger audit after insert or update or delete on holidays.holiday_requests
  for each row execute function lakebase_graphql.record_change('request_id');
alter table holidays.holiday_requests enable always trigger audit;

create or replace trigger audit_truncate after truncate on holidays.holiday_requests
  for each statement execute function lakebase_graphql.record_change('request_id');
alter table holidays.holiday_requests enable always trigger audit_truncate;

-- Who decides depends on the chart, so who changed that is written down too.
create or replace trigger audit after insert or update or delete on holidays.employees
  for each row execute function lakebase_graphql.record_change('email');
alter table holidays.employees enable always trigger audit;

create or replace trigger audit_truncate after truncate on holidays.employees
  for each statement execute function lakebase_graphql.record_change('email');
alter table holidays.employees enable always trigger audit_truncate;

drop policy if exists ask_for_oneself on holidays.holiday_requests;
create policy ask_for_oneself on holidays.holiday_requests for insert with check (
  requester = (select lakebase_graphql.viewer())
);

drop policy if exists decide_or_withdraw on holidays.holiday_requests;
create policy decide_or_withdraw on holidays.holiday_requests for update using (
  requester = any (array(
    select lakebase_graphql.viewer()
    union all select email from holidays.employees where manager = (select lakebase_graphql.viewer())
  ))
);

alter table holidays.holiday_requests enable row level security, force row level security;

-- These columns and no others: the rules set the rest.
grant insert (start_date, end_date), update (status, manager_note) on holidays.holiday_requests to public;

-- src/db/migrations/20261123150000000_change_log.sql
-- What has changed in the tables that are ours: written by triggers in the transaction of the change, read by every instance to
-- know what of its memory no longer holds; see docs/coherence.md. Nobody else may read it.
create table lakebase_graphql.change_log (
  -- In the order in which rows are changed. Not indexed: each index costs every writer.
  id bigint generated always as identity,
  xid xid8 not null default pg_current_xact_id(),
  at timestamptz not null default clock_timestamp(),
  table_id oid not null,
  -- Of each changed row, as it was and as it is: its key, and its values in the columns that lists depend on. NULL: more rows than
  -- are listed.
  row_values text[]
);

create index change_log_xid on lakebase_graphql.change_log (xid);
-- It grows at one end and is pruned at the other.
alter table lakebase_graphql.change_log set (
  autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0,
  autovacuum_analyze_scale_factor = 0.2
);

comment on table lakebase_graphql.change_log is 'What has changed in tables of the GraphQL API; kept for ten minutes';

create table lakebase_graphql.change_log_state (
  singleton boolean primary key default true check (singleton),
  -- Another one for each life of the database: given anew to a copy, and where time has gone backwards.
  incarnation uuid not null default gen_random_uuid(),
  system_identifier text,
  -- Of this transaction and those before it, rows may be missing.
  pruned_to xid8 not null default '0'
);

insert into lakebase_graphql.change_log_state default values;

-- Removes rows that every reader has had the time to read, a few at a time: called by the triggers, so that the log has a bound
-- wherever something is written, whether anybody reads or not. Waits for nobody. It goes on where it has stopped: what is removed
-- stays in the index for as long as somebody's transaction may see it. By the index, whatever Postgres knows of the log's size.
create function lakebase_graphql.prune_change_log() returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
  done xid8;
  newest xid8;
begin
  -- With another isolation, rows that somebody else has removed would be an error.
  if current_setting('transaction_isolation') <> 'read committed' then
    return;
  end if;
  select pruned_to into done from lakebase_graphql.change_log_state for update skip locked;
  if not found then
    return;
  end if;
  with oldest as (
    select ctid as place, xid, at from lakebase_graphql.change_log
     where xid >= done and xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid limit 2048
  ), kept as (
    select min(xid) as first from oldest where at >= clock_timestamp() - interval '10 minutes'
  ), gone as (
    delete from lakebase_graphql.change_log where ctid = any (array(
      select place from oldest, kept where kept.first is null or oldest.xid < kept.first
    )) returning xid
  )
  select max(xid) into newest from gone;
  if newest is not null then
    update lakebase_graphql.change_log_state set pruned_to = newest;
  end if;
end
$$;

-- The function that notes what an operation has changed in a table with such columns; made for them, since one for all would have to
-- plan its statement each time. What is noted is all rows, whoever may see them. Texts that are too long aren't listed.
create function lakebase_graphql.make_change_function(owner regrole, operation text, key_column name, value_columns name[])
returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $make$
declare
  wanted constant name[] := array_prepend(key_column, value_columns);
  -- What it does depends on nothing else, so two of the same name are the same.
  function_name constant text := format('lakebase_graphql.note_%s_%s', lower(operation), md5(wanted::text));
  columns constant text := (select string_agg(format('%I::text', name), ', ') from unnest(wanted) name);
  rows constant text := case operation
    when 'INSERT' then format('select array[%s] from new_rows', columns)
    when 'DELETE' then format('select array[%s] from old_rows', columns)
    when 'UPDATE' then format('select array[%1$s] from old_rows union all select array[%1$s] from new_rows', columns)
  end;
  noting constant text := case
    when operation = 'TRUNCATE' then 'values (tg_relid, null::text[])'
    else format(
      'select tg_relid, case when count(*) <= 200 and sum(pg_column_size(listed)) <= 20000 then array_agg(listed) end
         from (%s) as changed (listed) having count(*) > 0',
      rows
    )
  end;
begin
  if wanted::text like '%$%' then
    raise exception using errcode = '42602', message = 'names of columns whose values are noted must have no $ in them';
  end if;
  execute format(
    $f$
      create or replace function %s() returns trigger
      language plpgsql security definer
      set search_path = pg_catalog, pg_temp
      as $body$
      declare
        noted bigint;
      begin
        insert into lakebase_graphql.change_log (table_id, row_values) %s returning id into noted;
        -- A NOTIFY in every commit has commits wait for each other; one of those that run at once will do.
        if noted is not null and pg_try_advisory_xact_lock(1818978662) then
          perform pg_notify('lakebase_graphql_changes', '');
        end if;
        if noted %% 1024 = 0 then
          perform lakebase_graphql.prune_change_log();
        end if;
        return null;
      end
      $body$
    $f$,
    function_name, noting
  );
  execute format('revoke execute on function %s() from public', function_name);
  execute format('grant execute on function %s() to %s', function_name, owner);
  return function_name;
end
$make$;

-- Has all changes of a table noted, by whatever way they come: its key, and old and new values of these columns. Run by its owner.
create function lakebase_graphql.track_changes(relation regclass, key_column name, value_columns name[] default '{}')
returns void
language plpgsql security invoker
as $$
declare
  owner constant regrole := (select relowner from pg_catalog.pg_class where oid = relation);
  operation text;
  function_name text;
begin
  foreach operation in array array['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE'] loop
    function_name := lakebase_graphql.make_change_function(owner, operation, key_column, value_columns);
    execute format(
      'create or replace trigger %I after %s on %s %s for each statement execute function %s()',
      'changes_' || lower(operation), operation, relation,
      case operation
        when 'INSERT' then 'referencing new table as new_rows'
        when 'DELETE' then 'referencing old table as old_rows'
        when 'UPDATE' then 'referencing old table as old_rows new table as new_rows'
        else ''
      end,
      function_name
    );
    execute format('alter table %s enable always trigger %I', relation, 'changes_' || lower(operation));
  end loop;
end
$$;

revoke execute on function
  lakebase_graphql.prune_change_log(), lakebase_graphql.make_change_function(regrole, text, name, name[]),
  lakebase_graphql.track_changes(regclass, name, name[])
from public;

-- src/domains/holidays/migrations/20261123151000000_changes.sql
-- Every change is noted in the change log, so that nobody is shown what no longer holds; see docs/coherence.md.
select lakebase_graphql.track_changes('holidays.holiday_requests', 'request_id', '{requester,status}');
select lakebase_graphql.track_changes('holidays.employees', 'email');

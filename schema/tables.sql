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

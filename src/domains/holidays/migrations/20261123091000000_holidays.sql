-- Up Migration

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

-- Down Migration

drop table holidays.holiday_requests;
drop table holidays.employees;
drop function holidays.manager_of_viewer();
drop schema holidays;

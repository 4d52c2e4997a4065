-- Up Migration

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

-- Down Migration

drop function lakebase_graphql.track_changes(regclass, name, name[]);
drop function lakebase_graphql.make_change_function(regrole, text, name, name[]);
drop function lakebase_graphql.prune_change_log();
drop table lakebase_graphql.change_log_state;
drop table lakebase_graphql.change_log;

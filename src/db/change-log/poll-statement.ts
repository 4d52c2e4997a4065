import { OWN_SCHEMA } from '../own-schema.ts'

/**
 * What has happened since a snapshot, by one statement in a transaction of its own, so that all of it is of one moment.
 * `$1`: the last snapshot, or NULL. `$2`: quoted names of tables whose changes are noted by triggers. `$3`: those of synced tables.
 * `$4`: oids of functions that decide what is seen. `$5`: no more changes than this.
 *
 * Transactions that hadn't finished in the last snapshot are those from its xmax on, and those in progress in it: both are ranges
 * of the log's index, however long somebody else's transaction has been open. By `id`, a row's changes are in their order: its
 * lock is held when the trigger draws the id.
 */
export const POLL = `
  select now.snapshot::text as snapshot,
         (pg_snapshot_xmax(now.snapshot)::text::numeric - (select count(*) from pg_snapshot_xip(now.snapshot)))::text as position,
         concat_ws(' ', (select system_identifier from pg_control_system()), left(pg_walfile_name(pg_current_wal_lsn()), 8),
           state.incarnation) as epoch,
         pg_postmaster_start_time()::text as started,
         pg_snapshot_xmin($1::pg_snapshot) > state.pruned_to as complete,
         (select coalesce(json_agg(json_build_object('table', (NAME), 'rows', row_values,
                   'ageMs', 1000 * extract(epoch from clock_timestamp() - at)) order by id), '[]')
            from (
             select * from ${OWN_SCHEMA}.change_log
              where xid >= pg_snapshot_xmax($1::pg_snapshot) or xid = any (array(select pg_snapshot_xip($1::pg_snapshot)))
              limit $5
           ) as news) as changes,
         (AUTHORIZATION) as authorization,
         (SYNCED) as synced
    from (select pg_current_snapshot() as snapshot) as now, ${OWN_SCHEMA}.change_log_state as state`
  .replace('NAME', name())
  .replace('AUTHORIZATION', authorization())
  .replace('SYNCED', synced())

/** Of the table, quoted; NULL if it has been dropped since. */
function name(): string {
  return `
    select format('"%s"."%s"', replace(n.nspname, '"', '""'), replace(c.relname, '"', '""'))
      from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = table_id`
}

/**
 * A text that differs as soon as anything differs that decides who may see what, or whether changes are noted: columns, grants,
 * owners, policies, triggers, functions, roles above row-level security, memberships, operators; of owned tables also their files.
 */
function authorization(): string {
  return `
  with relations as (
         select name, to_regclass(name)::oid as oid, true as ours from unnest($2::text[]) as name where to_regclass(name) is not null
         union all select name, to_regclass(name), false from unnest($3::text[]) as name where to_regclass(name) is not null
       )
  select md5(concat_ws('|',
    (select string_agg(concat_ws(':', case when ours then concat_ws(':', c.oid, c.relfilenode) end, c.relkind, c.relowner,
              c.relrowsecurity, c.relforcerowsecurity,
              case when ours then c.relhassubclass end, c.relacl, n.nspacl), ',' order by name)
       from relations join pg_class c using (oid) join pg_namespace n on n.oid = c.relnamespace),
    (select string_agg(concat_ws(':', name, attnum, attname, atttypid, attacl), ',' order by name, attnum)
       from relations join pg_attribute on attrelid = oid where attnum > 0),
    (select string_agg(concat_ws(':', p.oid, p.xmin), ',' order by p.oid) from relations r join pg_policy p on p.polrelid = r.oid),
    (select string_agg(concat_ws(':', t.oid, t.xmin, t.tgenabled), ',' order by t.oid) from relations r join pg_trigger t on t.tgrelid = r.oid),
    (select string_agg(concat_ws(':', p.oid, p.xmin), ',' order by p.oid)
       from unnest($4::oid[]) as called (oid) join pg_proc p using (oid)),
    (select string_agg(concat_ws(':', roleid, member, xmin), ',' order by roleid, member) from pg_auth_members),
    (select string_agg(concat_ws(':', oid, rolname), ',' order by oid) from pg_roles where rolsuper or rolbypassrls),
    (select string_agg(name, ',' order by name) from ${OWN_SCHEMA}.operators)))`
}

/**
 * Of each synced table a text that differs when it has been swapped, or its rows have been changed (which Postgres may say up to
 * 10 s late), and whether somebody is writing rows to it just now.
 */
function synced(): string {
  return `
  with recursive tree (name, oid) as (
    select name, to_regclass(name)::oid from unnest($3::text[]) as name where to_regclass(name) is not null
    union all select tree.name, inhrelid from tree join pg_inherits on inhparent = tree.oid
  ), locked as (
    select distinct relation from pg_locks
     where locktype = 'relation' and database = (select oid from pg_database where datname = current_database())
       and mode = 'RowExclusiveLock'
  ), versions as (
    select name, bool_or(relation is not null) as writing,
           md5(string_agg(concat_ws(':', c.oid, c.relfilenode, c.xmin, pg_stat_get_tuples_inserted(c.oid),
             pg_stat_get_tuples_updated(c.oid), pg_stat_get_tuples_deleted(c.oid)), ',' order by c.oid)) as version
      from tree join pg_class c using (oid) left join locked on relation = c.oid group by name
  )
  select coalesce(json_agg(json_build_object('table', name, 'version', version, 'writing', writing)), '[]') from versions`
}

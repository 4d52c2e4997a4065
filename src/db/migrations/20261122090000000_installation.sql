-- Up Migration

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

-- Down Migration

drop table lakebase_graphql.installation;

-- Which version each part in this schema has, and who may work with it.
create table if not exists {{ schema | ident }}.etl_schema (
    part varchar(16) primary key,
    version int not null,
    oldest_writer int not null,
    oldest_reader int not null,
    made_by varchar(63) not null,
    changed_at timestamp with time zone not null default clock_timestamp()
);
-- For people.
comment on table {{ schema | ident }}.etl_schema is
    'The version of each part of the engine''s tables in this schema, and which programs may write and read it.';
-- Which migrations were applied here.
create table if not exists {{ schema | ident }}.etl_step (
    part varchar(16) not null,
    version int not null,
    name varchar(63) not null,
    made_by varchar(63) not null,
    finished_at timestamp with time zone not null default clock_timestamp(),
    primary key (part, version)
);
-- For people.
comment on table {{ schema | ident }}.etl_step is
    'The migrations that were applied to the engine''s tables in this schema, by which program and when.'

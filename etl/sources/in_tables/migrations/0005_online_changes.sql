-- kind: additive
-- oldest_writer: 1
-- oldest_reader: 1
-- Changes of large tables that are made beside runs. `position`: both tables have the rows up to this number, as far as
-- `next_page` of the old table; of its `pages` pages none after them is asked for. `place`: of which server and
-- database the pages are. `rows`: how many were copied.
create table {{ schema | ident }}.online_change (
    name varchar(63) primary key,
    state varchar(16) not null check (state in ('filling', 'ready', 'switched', 'finished')),
    position bigint not null,
    place text not null,
    next_page bigint not null default 0,
    pages bigint not null,
    rows bigint not null default 0,
    writer_before int,
    made_by varchar(63) not null,
    started_at timestamp with time zone not null default clock_timestamp(),
    changed_at timestamp with time zone not null default clock_timestamp()
);
-- For people.
comment on table {{ schema | ident }}.online_change is
    'Changes of large tables beside runs, and how far each is; etl upgrade status shows them.';
-- For people.
comment on column {{ schema | ident }}.online_change.writer_before is
    'oldest_writer of the part before the switch, to which etl upgrade rollback returns unless a migration raised it.'

-- kind: additive
-- oldest_writer: 4
-- oldest_reader: 4
-- How the fill of online changes proceeds: whether an operator has paused it, and what share of the time it may work.
create table {{ schema | ident }}.fill_pace (
    only_row bool primary key default true check (only_row),
    is_paused bool not null default false,
    speed int not null default 100 check (speed between 1 and 100),
    changed_by varchar(128) not null,
    changed_at timestamp with time zone not null default clock_timestamp()
);
-- For people.
comment on table {{ schema | ident }}.fill_pace is
    'Whether the fill of large tables is paused, and how fast it may be; etl upgrade pause and resume write it.';

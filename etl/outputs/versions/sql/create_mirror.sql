-- How much of a store in another database is mirrored here: its tables, and its journal up to a snapshot of that server.
create table if not exists {{ schema | ident }}.mirror (
    only_row bool primary key default true check (only_row),
    position pg_snapshot,
    place text,
    tables jsonb not null default '[]'
);
-- Its one row.
insert into {{ schema | ident }}.mirror default values on conflict do nothing

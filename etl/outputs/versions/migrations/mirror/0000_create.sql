-- kind: additive
-- oldest_writer: 0
-- oldest_reader: 0
-- The table of a mirror, as it was before migrations were recorded.
-- The position of the mirror: the snapshot of the store's server up to which its journal was copied, and its tables.
create table {{ schema | ident }}.mirror (
    only_row bool primary key default true check (only_row),
    position pg_snapshot,
    place text,
    tables jsonb not null default '[]'
);
-- Its one row.
insert into {{ schema | ident }}.mirror default values

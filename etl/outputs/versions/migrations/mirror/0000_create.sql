-- The position of the mirror: the snapshot of the store's server up to which its journal was copied.
create table {{ schema | ident }}.mirror (
    only_row bool primary key default true check (only_row),
    position pg_snapshot,
    place text,
    tables jsonb not null default '[]'
);
-- Its one row.
insert into {{ schema | ident }}.mirror default values

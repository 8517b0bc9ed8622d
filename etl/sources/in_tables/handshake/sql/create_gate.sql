-- The token that may write. A row of its own, since tasks lock it `for share`.
create table if not exists {{ schema | ident }}.relay_gate (
    only_row bool primary key default true check (only_row),
    run bigint not null default 0,
    fence bigint not null default 0
);
-- Its one row.
insert into {{ schema | ident }}.relay_gate default values on conflict do nothing;
-- Undone runs, and the number of each undo: if the import has no row of it, the next `etl undo` writes it.
create table if not exists {{ schema | ident }}.relay_undo (
    as_run bigint primary key,
    run bigint not null,
    undone_at timestamp with time zone not null,
    counters jsonb not null
)

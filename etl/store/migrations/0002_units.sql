-- kind: additive
-- oldest_writer: 1
-- oldest_reader: 1
-- Every unit of work on the store, whatever its source, and which of its rows, records or entries made a change.
-- begun_after: transactions before this one had ended when the unit began. closed_by: all of its changes are of this
-- transaction or of earlier ones.
create table {{ schema | ident }}.unit (
    number bigint primary key,
    source varchar(63) not null,
    kind varchar(8) not null check (kind in ('run', 'undo', 'batch', 'sync')),
    started_at timestamp with time zone not null,
    finished_at timestamp with time zone,
    receipt jsonb,
    begun_after xid8 not null default pg_snapshot_xmin(pg_current_snapshot()),
    closed_by xid8
);
-- Asked for by units that end: which others overlap them.
create index unit_closed_by on {{ schema | ident }}.unit (closed_by);
-- See above.
comment on table {{ schema | ident }}.unit is
    'Runs, undos, batches and syncs on this store: their source, their times, and what became of their rows.';
-- Changes of before have none.
alter table {{ schema | ident }}.journal add column origin text;
-- See above.
comment on column {{ schema | ident }}.journal.origin is
    'Which row, record or entry of the unit `run` made the change; null where no single one did.'

-- kind: additive
-- oldest_writer: 1
-- oldest_reader: 1
-- When a run began, for as long as its receipts are kept. Receipts that are there, and those that older programs still
-- write, have null.
alter table {{ schema | ident }}.migration_receipt add column started_at timestamp with time zone;
-- The receipts of some days. The numbers of runs without a start begin with it, in milliseconds.
create index migration_receipt_start on {{ schema | ident }}.migration_receipt
    ((coalesce(started_at, to_timestamp((run >> 20) / 1000.0))));
-- Partners read the table.
comment on column {{ schema | ident }}.migration_receipt.started_at is
    'When the run began; null for runs of programs before this column.'

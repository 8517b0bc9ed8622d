-- The counts of all tasks of a table, with the number of claimed rows.
insert into {{ in_schema | ident }}.migration_receipt
    (run, in_table, ordinal, claimed, created, changed, unchanged, removed, rejected, waiting,
    vanished, released, merged, held, started_at)
select
    :run, r.in_table, r.ordinal, r.claimed, r.created, r.changed, r.unchanged, r.removed, r.rejected, r.waiting,
    r.vanished, r.released, r.merged, r.held, :started_at
from jsonb_to_recordset(cast(:receipts as jsonb)) as r (
    in_table varchar, ordinal int, claimed bigint, created bigint, changed bigint, unchanged bigint, removed bigint,
    rejected bigint, waiting bigint, vanished bigint, released bigint, merged bigint, held bigint
)
on conflict (run, in_table) do nothing

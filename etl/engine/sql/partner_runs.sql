-- The receipts of some in_ tables, of the newest runs with rows of them. Runs are found by the index of receipts.
with runs as (
    select distinct n.run
    from {{ schema | ident }}.migration_receipt n
    where n.run >= :from_run and n.run < :below_run and n.in_table = any(cast(:tables as text[])) and n.claimed > 0
    order by n.run desc
    limit :limit
)
select r.run, r.in_table, r.claimed, r.created, r.changed, r.unchanged, r.removed, r.rejected, r.waiting, r.vanished,
    r.released, r.finished_at
from {{ schema | ident }}.migration_receipt r
where r.run in (select run from runs) and r.in_table = any(cast(:tables as text[]))
order by r.run desc, r.ordinal

-- The receipts of the newest run that has any.
select r.run, r.in_table, r.claimed, r.created, r.changed, r.unchanged, r.removed, r.rejected, r.waiting, r.finished_at
from {{ schema | ident }}.migration_receipt r
where r.run = (select max(n.run) from {{ schema | ident }}.migration_receipt n)
order by r.ordinal

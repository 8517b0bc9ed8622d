-- A run's receipts in metadata order.
select in_table, claimed, created, changed, unchanged, removed, rejected, waiting, vanished, released, merged, held
from {{ in_schema | ident }}.migration_receipt
where run = :run
order by ordinal

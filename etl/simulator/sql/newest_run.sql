-- The run behind which new receipts begin.
select coalesce(max(run), 0) as run from {{ schema | ident }}.migration_receipt

-- The name by which other sessions get the snapshot of this transaction, for as long as it lasts.
select pg_export_snapshot() as name

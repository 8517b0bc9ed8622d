-- The number of this transaction, by which the server knows afterwards whether it was committed.
select cast(pg_catalog.pg_current_xact_id() as text) as number

-- The source begins another unit: this one, if it was never closed, is over too, without an end or a receipt.
update {{ schema | ident }}.unit
set closed_by = pg_current_xact_id()
where number = :number and closed_by is null

-- In the transaction of what was copied.
update {{ schema | ident }}.online_change
set position = cast(:upto as pg_snapshot), rows = rows + :rows, changed_at = clock_timestamp()
where name = :name

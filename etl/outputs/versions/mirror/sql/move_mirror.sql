-- In the transaction of the rows, so that position and rows agree after a failure.
update {{ schema | ident }}.mirror
set position = cast(:upto as pg_snapshot), place = :journal_id, tables = cast(:tables as jsonb)

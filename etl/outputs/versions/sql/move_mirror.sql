-- In the transaction of the rows: after a break it is where they are.
update {{ schema | ident }}.mirror
set position = cast(:upto as pg_snapshot), place = :place, tables = cast(:tables as jsonb)

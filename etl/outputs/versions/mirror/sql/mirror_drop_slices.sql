-- The next table makes its own.
drop table pg_temp.slice

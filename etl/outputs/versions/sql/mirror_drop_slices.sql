-- The next table has its own.
drop table pg_temp.slice

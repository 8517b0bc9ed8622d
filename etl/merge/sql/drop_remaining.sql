-- A dry run merges all chunks in one transaction.
drop table if exists pg_temp.remaining

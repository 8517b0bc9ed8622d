-- See dependent_rows.
select id from pg_temp.remaining

-- The next batch of the transaction makes its own.
drop table if exists pg_temp.{{ table | ident }}, pg_temp.mark, pg_temp.err

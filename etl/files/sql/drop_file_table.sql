-- The next file of the transaction makes its own.
drop table if exists pg_temp.{{ name | ident }}

-- The next task makes its own.
drop table {{ "if exists " if maybe }}pg_temp.{{ table | ident }}

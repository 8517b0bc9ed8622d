-- All of its rows are old, and nothing reads them any more.
drop table {{ schema | ident }}.{{ name | ident }}

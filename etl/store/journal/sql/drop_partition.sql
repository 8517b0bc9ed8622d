-- All of its changes are old and have been read.
drop table {{ schema | ident }}.{{ name | ident }}

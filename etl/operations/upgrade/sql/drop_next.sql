-- The old form stays as it is.
drop table if exists {{ schema | ident }}.{{ (table ~ "_next") | ident }}

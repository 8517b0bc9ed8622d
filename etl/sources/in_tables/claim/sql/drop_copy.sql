-- Without cascade; whoever dropped it by hand was first.
drop table if exists {{ in_schema | ident }}.{{ copy | ident }}

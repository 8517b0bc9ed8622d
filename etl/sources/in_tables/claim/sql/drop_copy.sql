-- Without cascade; it may have been dropped by hand before.
drop table if exists {{ in_schema | ident }}.{{ copy | ident }}

-- Nothing stands on it; else this fails.
drop view {{ views_schema | ident }}.{{ view | ident }}

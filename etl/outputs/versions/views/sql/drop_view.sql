-- Fails if anything depends on it.
drop view {{ views_schema | ident }}.{{ view | ident }}

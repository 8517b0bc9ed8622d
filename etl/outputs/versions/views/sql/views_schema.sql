-- The schema of the views that show the current version.
create schema if not exists {{ views_schema | ident }}

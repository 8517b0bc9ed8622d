-- Where readers find the current version.
create schema if not exists {{ views_schema | ident }}

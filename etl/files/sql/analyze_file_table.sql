-- Autovacuum never analyzes a temporary table.
analyze pg_temp.{{ name | ident }}

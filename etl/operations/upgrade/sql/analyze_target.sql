-- The whole table and its partitions; autovacuum leaves the whole out.
analyze {{ schema | ident }}.{{ target | ident }}

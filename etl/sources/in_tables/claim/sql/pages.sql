-- Heap pages of a link table: its rows have no id to be divided by, but a ctid.
select pg_relation_size('{{ in_schema | ident }}.{{ table | ident }}')
    / current_setting('block_size')::bigint as pages

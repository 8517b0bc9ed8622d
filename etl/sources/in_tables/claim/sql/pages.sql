-- Heap pages of a link table: its rows have no id by which to divide them, so they are divided by position.
select pg_relation_size('{{ in_schema | ident }}.{{ table | ident }}')
    / current_setting('block_size')::bigint as pages

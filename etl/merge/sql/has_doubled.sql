-- Whether a table has at least twice the pages that its statistics are of (0: there are none). Of fewer pages the
-- planner makes the number of rows by itself.
select pg_relation_size(c.oid) >= 2 * cast(c.relpages as bigint) * cast(current_setting('block_size') as int)
    as has_doubled
from pg_class c
where c.oid = cast('{{ store_schema | ident }}.{{ table | ident }}' as regclass)

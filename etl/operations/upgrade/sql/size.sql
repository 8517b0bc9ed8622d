-- A table as it is on disk, its indexes and long values included; rows by statistics.
select greatest(c.reltuples, 0)::bigint as rows, pg_total_relation_size(c.oid) as bytes,
    pg_relation_size(c.oid) / cast(current_setting('block_size') as bigint) as pages
from pg_catalog.pg_class c
where c.oid = cast('{{ schema | ident }}.{{ table | ident }}' as regclass)

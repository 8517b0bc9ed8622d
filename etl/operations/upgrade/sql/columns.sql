-- The columns of a table in their order.
select cast(a.attname as text) as name
from pg_catalog.pg_attribute a
where a.attrelid = cast('{{ schema | ident }}.{{ table | ident }}' as regclass) and a.attnum > 0 and not a.attisdropped
order by a.attnum

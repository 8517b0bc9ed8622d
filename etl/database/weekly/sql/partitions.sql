-- The partitions of a table with the number of the first unit that each is for, and of the first one after them; null
-- where there is none. The default partition has neither. PostgreSQL gives the bounds of a partition as text alone.
select cast(c.relname as text) as name,
    cast(substring(b.bounds from 'FROM \(''(-?[0-9]+)''\)') as bigint) as first_unit,
    cast(substring(b.bounds from 'TO \(''(-?[0-9]+)''\)') as bigint) as after_unit
from pg_catalog.pg_inherits i
join pg_catalog.pg_class c on c.oid = i.inhrelid
cross join lateral (select pg_get_expr(c.relpartbound, c.oid) as bounds) b
where i.inhparent = cast('{{ schema | ident }}.{{ table | ident }}' as regclass)
order by first_unit nulls first, after_unit nulls last

-- Whether a table has partitions, and whether another one follows it or is followed (see etl/operations/upgrade).
select c.relkind = 'p' as is_partitioned,
    to_regclass('{{ schema | ident }}.{{ (table ~ "_next") | ident }}') is not null
        or to_regclass('{{ schema | ident }}.{{ (table ~ "_former") | ident }}') is not null as is_copied
from pg_catalog.pg_class c
where c.oid = cast('{{ schema | ident }}.{{ table | ident }}' as regclass)

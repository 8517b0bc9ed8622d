-- Whether the journal has partitions, and whether another table follows it or is followed (see etl/operations/upgrade).
select c.relkind = 'p' as is_partitioned,
    to_regclass('{{ schema | ident }}.journal_next') is not null
        or to_regclass('{{ schema | ident }}.journal_former') is not null as is_copied
from pg_catalog.pg_class c
where c.oid = cast('{{ schema | ident }}.journal' as regclass)

-- Whether the journal is the table that the snapshot of this transaction sees under the name. The table is locked
-- first, as it is named in `from`; the cast asks the catalog as it is then.
select cast('{{ schema | ident }}.journal' as regclass) = (
    select c.oid
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relname = 'journal' and n.nspname = {{ schema | ident | literal }}
) as is_same
from (values (1)) one (n)
left join (select j.n from {{ schema | ident }}.journal j limit 0) held on held.n = one.n

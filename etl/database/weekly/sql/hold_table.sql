-- Whether the table is the one that the snapshot of this transaction sees under the name. It is locked first, as it is
-- named in `from`; the cast asks the catalog as it is then.
select cast('{{ schema | ident }}.{{ table | ident }}' as regclass) = (
    select c.oid
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relname = {{ table | ident | literal }} and n.nspname = {{ schema | ident | literal }}
) as is_same
from (values (1)) one (n)
left join (select from {{ schema | ident }}.{{ table | ident }} limit 0) held on true

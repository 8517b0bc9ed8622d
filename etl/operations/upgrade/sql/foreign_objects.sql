-- What would not come along when another table gets the name.
select 'the view' as kind, cast(d.view as text) as name
from (
    select distinct cast(r.ev_class as regclass) as view
    from pg_catalog.pg_depend p
    join pg_catalog.pg_rewrite r on r.oid = p.objid and p.classid = cast('pg_rewrite' as regclass)
    where p.refclassid = cast('pg_class' as regclass)
      and p.refobjid = cast('{{ schema | ident }}.{{ table | ident }}' as regclass)
      and r.ev_class <> cast('{{ schema | ident }}.{{ table | ident }}' as regclass)
) d
union all
select 'the trigger', cast(t.tgname as text)
from pg_catalog.pg_trigger t
where t.tgrelid = cast('{{ schema | ident }}.{{ table | ident }}' as regclass) and not t.tgisinternal
union all
select 'the policy', cast(p.polname as text)
from pg_catalog.pg_policy p
where p.polrelid = cast('{{ schema | ident }}.{{ table | ident }}' as regclass)
union all
select 'the publication', cast(u.pubname as text)
from pg_catalog.pg_publication_rel r
join pg_catalog.pg_publication u on u.oid = r.prpubid
where r.prrelid = cast('{{ schema | ident }}.{{ table | ident }}' as regclass)
union all
select 'the index', cast(cast(i.indexrelid as regclass) as text)
from pg_catalog.pg_index i
join pg_catalog.pg_class c on c.oid = i.indexrelid
where i.indrelid = cast('{{ schema | ident }}.{{ table | ident }}' as regclass)
  and c.relname <> all(cast(:indexes as text[]))
union all
select 'the rule', cast(r.rulename as text)
from pg_catalog.pg_rewrite r
where r.ev_class = cast('{{ schema | ident }}.{{ table | ident }}' as regclass)
  and r.rulename <> {{ (table ~ "_by_partition") | literal }}
union all
select 'privileges of the column', cast(a.attname as text)
from pg_catalog.pg_attribute a
where a.attrelid = cast('{{ schema | ident }}.{{ table | ident }}' as regclass) and a.attnum > 0 and not a.attisdropped
  and cardinality(a.attacl) > 0
union all
select s.kind, s.name
from pg_catalog.pg_class c
left join pg_catalog.pg_tablespace t on t.oid = c.reltablespace
cross join lateral (
    select 'the storage parameter', o.setting from unnest(c.reloptions) o (setting)
    union all
    select 'the tablespace', cast(t.spcname as text) where t.oid is not null
    union all
    select 'row security of', cast(c.relname as text) where c.relrowsecurity or c.relforcerowsecurity
) s (kind, name)
where c.oid = cast('{{ schema | ident }}.{{ table | ident }}' as regclass)
order by kind, name

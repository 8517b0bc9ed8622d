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
  and c.relname not in (
      {{ (table ~ "_written_by") | literal }}, {{ (table ~ "_target") | literal }},
      {{ (table ~ "_instance") | literal }}
  )
order by kind, name

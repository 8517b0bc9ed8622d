-- The objects that depend on a copy, such as views. PostgreSQL would refuse the drop, and the transaction with it.
select distinct
    case when d.classid = 'pg_rewrite'::regclass
        then (select 'view ' || cast(cast(r.ev_class as regclass) as text) from pg_rewrite r where r.oid = d.objid)
        else pg_describe_object(d.classid, d.objid, d.objsubid)
    end as dependent
from pg_depend d
where d.refclassid = 'pg_class'::regclass and d.deptype = 'n'
  and d.refobjid = to_regclass('{{ in_schema | ident }}.{{ copy | ident }}')
order by dependent

-- What depends on tables or views of a schema: views by their name, anything else described. Views in the schemas of
-- a list are left out.
select distinct c.relname::text as relation,
    case when v.oid is null then pg_describe_object(d.classid, d.objid, d.objsubid)
        else format('view %I.%I', vn.nspname, v.relname) end as dependent
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid and d.deptype = 'n'
left join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
left join pg_class v on v.oid = r.ev_class
left join pg_namespace vn on vn.oid = v.relnamespace
where n.nspname = :schema and c.relkind in ('r', 'v', 'm', 'f', 'p')
  and (v.oid is null or v.oid <> c.oid and vn.nspname <> all(:but))
order by 1, 2

-- Of the company's out_ versions those whose readers the role of the session may act for.
select n.nspname as name
from pg_namespace n
join pg_class c on c.relnamespace = n.oid and c.relname = 'reader_tracking'
where starts_with(n.nspname, :prefix) and n.nspname like '%\_reader'
  and has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')
order by n.nspname

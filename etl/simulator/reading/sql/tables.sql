-- The tables of a version, without columns; and the views of its readers, each with the columns of its ids.
select t.table_name as name, null as columns
from information_schema.tables t where t.table_schema = :out_schema
union all
select c.table_name, array_agg(cast(c.column_name as text) order by c.ordinal_position)
from information_schema.columns c
where c.table_schema = :reader_schema and c.table_name like '%\_changes'
  and c.column_name not in ('reader', 'position', 'is_removed')
group by c.table_name

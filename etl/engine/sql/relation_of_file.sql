-- The table or index of a file of this database in its default tablespace.
select cast(c.oid::regclass as text) as name, cast(i.indrelid::regclass as text) as table_name
from pg_class c
left join pg_index i on i.indexrelid = c.oid
where c.oid = pg_filenode_relation(0, cast(cast(:file as bigint) as oid))
  and cast(:database as bigint) = (select cast(oid as bigint) from pg_database where datname = current_database())

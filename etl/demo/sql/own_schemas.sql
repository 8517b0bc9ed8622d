-- What an earlier demo has left in its database.
select nspname as schema
from pg_namespace
where nspname in (:in_schema, :store_schema) or nspname ^@ :out_prefix
order by nspname

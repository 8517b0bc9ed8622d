-- Which versions the parts of our tables in a schema have.
select part, version, oldest_writer, oldest_reader, made_by
from {{ schema | ident }}.etl_schema
order by part

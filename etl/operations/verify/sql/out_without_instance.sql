-- The rows of an out_ table, and those of no instance.
select count(*) as rows, count(*) filter (where g._id is null) as lacking
from {{ schema | ident }}.{{ table | ident }} o
left join {{ store_schema | ident }}.{{ golden | ident }} g on g._id = o.system_id

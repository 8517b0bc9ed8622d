-- Whether the table of an out_ version shows an instance, and since when.
select o.updated_at
from {{ out_schema | ident }}.{{ table | ident }} o
where o.system_id = :instance

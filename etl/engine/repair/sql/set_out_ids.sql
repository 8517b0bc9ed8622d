-- The ids of their instances.
update {{ in_schema | ident }}.{{ in_table | ident }} i
set out_id = named.instance
from unnest(cast(:rows as bigint[]), cast(:instances as text[])) named (row, instance)
where i.id = named.row

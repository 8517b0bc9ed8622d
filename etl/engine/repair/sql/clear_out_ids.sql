-- Rows with one of the external ids whose out_id is not that of its instance.
update {{ in_schema | ident }}.{{ in_table | ident }} i
set out_id = null
from unnest(cast(:in_ids as text[]), cast(:instances as text[])) known (in_id, instance)
where i.in_id = known.in_id and i.out_id <> '' and i.out_id <> known.instance
returning i.id as row, known.instance

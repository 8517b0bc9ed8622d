-- The partner learns the id that its file has with us.
update {{ in_schema | ident }}.in_fileStorage i
set uploaded = true, out_file_id = f._id
from {{ store_schema | ident }}.file_storage f
where not coalesce(i.uploaded, false) and i.content is not null and octet_length(i.content) <= :max_value_bytes
  and f.sha256 = sha256(i.content)

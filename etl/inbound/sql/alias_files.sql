-- What the partner's file ids mean, also after it has cleared its table.
insert into {{ store_schema | ident }}.file_alias as a (file_id, file)
select i.file_id, i.out_file_id
from {{ in_schema | ident }}.in_fileStorage i
where i.uploaded and i.out_file_id is not null
on conflict (file_id) do update set file = excluded.file where a.file is distinct from excluded.file

-- What the partner's table says of files that were uploaded before.
select i.file_id, i.out_file_id, i.uploaded
from {{ in_schema | ident }}.in_fileStorage i
where i.uploaded and i.out_file_id is not null

-- Contents, each once, under the id of one of their files.
insert into {{ store_schema | ident }}.file_storage (_id, sha256, file_name, mime_type, content)
select distinct on (sha256(a.content)) a.out_file_id, sha256(a.content), a.file_name, a.mime_type, a.content
from pg_temp.{{ table | ident }} a
order by sha256(a.content), a.out_file_id

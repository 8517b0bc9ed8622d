-- Which file the partner's file_id means.
insert into {{ store_schema | ident }}.file_alias (file_id, file, run)
select a.file_id, a.out_file_id, :run
from pg_temp.{{ table | ident }} a

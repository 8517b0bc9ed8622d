-- A field names a file as a partner does; what names it as readers know it is translated.
update pg_temp.{{ rows | ident }} r
set {{ column | ident }} = f.file_id
from (
    select cast(file as text) collate "default" as file, min(file_id) collate "default" as file_id
    from {{ store_schema | ident }}.file_alias
    group by file
) f
where f.file = r.{{ column | ident }} and not exists (
    select from {{ store_schema | ident }}.file_alias a where a.file_id = r.{{ column | ident }} collate "C"
)

-- A file without an id of the platform gets that of a file which is the same, or a new one; one without an id of the
-- partner is known by that of the platform.
{% from "new_id.jinja" import new_id %}
with same as (
    select sha256(content) as sha256, file_name, mime_type, min(_line) as first_line, min(out_file_id) as out_file_id
    from pg_temp.{{ rows | ident }}
    group by 1, 2, 3
),
named as (
    select s.*, coalesce(s.out_file_id, {{ new_id("s.first_line") }}) as id from same s
)
update pg_temp.{{ rows | ident }} r
set out_file_id = coalesce(
        r.out_file_id,
        (select a.file from {{ store_schema | ident }}.file_alias a where a.file_id = r.file_id collate "C"),
        n.id
    ),
    file_id = coalesce(r.file_id, r.out_file_id)
from named n
where n.sha256 = sha256(r.content)
  and (n.file_name, n.mime_type) is not distinct from (r.file_name, r.mime_type)
  and (r.out_file_id is null or r.file_id is null)

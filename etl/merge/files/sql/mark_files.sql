-- The partner's row gets the id of its file in the store: one per content, name and type, so that files of equal
-- content keep their own names. The store records which file the partner's file id names, also after the partner has
-- cleared its table.
{% from "new_id.jinja" import new_id %}
with arrived as materialized (
    select i.file_id, s._id as content, i.file_name, i.mime_type
    from {{ in_schema | ident }}.in_fileStorage i
    join {{ store_schema | ident }}.file_storage s on s.sha256 = sha256(i.content)
    where not coalesce(i.uploaded, false) and i.content is not null and octet_length(i.content) <= :max_value_bytes
),
known as (
    select a.file_id, f._id
    from arrived a
    join {{ store_schema | ident }}.stored_file f on f.content = a.content
        and f.file_name is not distinct from a.file_name and f.mime_type is not distinct from a.mime_type
),
fresh as (
    insert into {{ store_schema | ident }}.stored_file (_id, content, file_name, mime_type)
    select {{ new_id("n.first_id") }}, n.content, n.file_name, n.mime_type
    from (
        select a.content, a.file_name, a.mime_type, min(a.file_id) as first_id
        from arrived a
        where not exists (select 1 from known k where k.file_id = a.file_id)
        group by a.content, a.file_name, a.mime_type
    ) n
    returning _id, content, file_name, mime_type
),
meant as (
    select file_id, _id from known
    union all
    select a.file_id, f._id
    from arrived a
    join fresh f on f.content = a.content
        and f.file_name is not distinct from a.file_name and f.mime_type is not distinct from a.mime_type
),
marked as (
    update {{ in_schema | ident }}.in_fileStorage i
    set uploaded = true, out_file_id = m._id
    from meant m
    where m.file_id = i.file_id
    returning i.file_id, m._id as file
),
replaced as (
    insert into {{ store_schema | ident }}.ended_file_alias (file_id, file, run, ended_by)
    select a.file_id, a.file, a.run, :run
    from marked m
    join {{ store_schema | ident }}.file_alias a on a.file_id = m.file_id
    where a.file <> m.file and a.run <> :run
),
remembered as (
    insert into {{ store_schema | ident }}.file_alias as a (file_id, file, run)
    select file_id, file, :run from marked
    on conflict (file_id) do update set file = excluded.file, run = excluded.run where a.file <> excluded.file
)
select count(*) as rows from marked

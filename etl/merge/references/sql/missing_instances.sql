-- The instances and files that links and fields wait for, those that block most first, each with its current
-- in_ row and its newest error. `ends` are both ends of every link table with waiting rows. Instances, in_ rows and
-- errors are found by their indexes on external ids; the latter two only for the few instances that are shown.
{% from "missing.jinja" import missing %}
with missing as materialized (
{% if is_one %}
{{ missing(ends, store_schema, file_storage) }}
{% else %}
    select object, in_table, in_id collate "C" as in_id, links, since
    from jsonb_to_recordset(cast(:missing as jsonb)) as m (
        object text, in_table text, in_id text, links bigint, since timestamp with time zone
    )
{% endif %}
)
select m.object, m.in_id, cast(m.links as bigint) as links, m.since, i.in_status, e.id as error, e.code, e.column_name,
    e.value, e.message, e.message_rus
from missing m
left join lateral (
{% if in_schema is undefined %}
    select cast(null as text) as in_status
    where false
{% else %}
{% for table in tables %}
    select i.in_status
    from {{ in_schema | ident }}.{{ table | ident }} i
    where m.in_table = :table_{{ loop.index0 }} and i.in_id = m.in_id collate "default"
    union all
{% endfor %}
    -- The marker of a file is `uploaded`; a row without it is ready.
    select '' as in_status
    from {{ in_schema | ident }}.{{ file_storage | ident }} i
    where m.in_table = '{{ file_storage }}' and i.file_id = m.in_id collate "default"
{% endif %}
) i on true
left join lateral (
    select e.id, e.code, e.column_name, e.value, e.message, e.message_rus
    from {{ store_schema if in_schema is undefined else in_schema | ident }}.err e
    where e.in_table = m.in_table and e.in_id = m.in_id collate "default" and e.severity = 'error'
    order by e.id desc
    limit 1
) e on i.in_status is null or i.in_status = 'ERROR'
order by m.links desc, m.since, m.object, m.in_id

-- Rows of a run that are still rejected, each once, with all that is wrong with it, and its values as they are now.
with chosen as (
    select e.id, e.run, e.row_id, e.in_id, e.column_name, e.value, e.message, e.message_rus
    from {{ schema | ident }}.err e
    where e.run = :run and e.in_table = :in_table and e.severity = 'error'
        and (cast(:code as text) = '' or e.code = :code)
    order by e.id
    limit :most
),
faults as (
    select
        e.run, e.row_id, e.in_id,
        {{ "e.value" if link else "cast(null as text)" }} as link_end,
        string_agg(e.column_name, '; ' order by e.id) as column_names,
        string_agg(e.value, '; ' order by e.id) as value,
        string_agg(coalesce({{ "e.message_rus, " if in_russian }}e.message), '; ' order by e.id) as reason
    from chosen e
    group by e.run, e.row_id, e.in_id, link_end
)
select
    coalesce(cast(f.row_id as text), ''), f.column_names, f.value, f.reason
{% for column in columns %}
    , cast(i.{{ column | ident }} as text)
{% endfor %}
from faults f
join {{ in_schema | ident }}.{{ table | ident }} i on i.in_status = 'ERROR'
{% if link %}
    and i.{{ link.owner_column | ident }} = f.in_id and i.{{ link.target_column | ident }} = f.link_end
order by f.in_id, f.link_end
{% else %}
    and i.id = f.row_id and (f.in_id is null or i.in_id = f.in_id or i.occupied_id = f.run)
order by f.row_id
{% endif %}

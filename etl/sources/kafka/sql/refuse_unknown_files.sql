-- Objects that name a file which the store does not know: they take no part in the merge. One that is removed brings no
-- values.
with unknown as (
{% for column in columns %}
    {{ "union all" if not loop.first }}
    select i.id, '{{ column }}' as field, i.{{ column | ident }} as file_id
    from pg_temp.{{ table | ident }} i
    where i.{{ column | ident }} is not null and i.removed is not true
      and not exists (select from {{ schema | ident }}.file_alias a where a.file_id = i.{{ column | ident }})
{% endfor %}
),
refused as (
    delete from pg_temp.{{ table | ident }} where id in (select id from unknown)
)
select id, field, file_id from unknown order by id, field

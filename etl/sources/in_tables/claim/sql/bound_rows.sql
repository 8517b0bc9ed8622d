-- The batch alone tells how many changes of each kind there can be at most; the store is not asked.
select
{% for change in changes %}
    count(*) filter (where {{ change.happens }}) as {{ change.name }}{{ "," if not loop.last }}
{% endfor %}
from {{ in_schema | ident }}.{{ in_table | ident }} i
where i.occupied_id = :run and i.in_status = 'ON_WORK'

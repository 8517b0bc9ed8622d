-- The maximum number of changes of each kind by the batch alone; the store is not read.
select
{% for change in changes %}
    count(*) filter (where {{ change.happens }}) as {{ change.name }}{{ "," if not loop.last }}
{% endfor %}
from {{ in_schema | ident }}.{{ in_table | ident }} i
where i.occupied_id = :run and i.in_status = 'ON_WORK'

-- The maximum number of instances per change: a field that is empty already cannot be emptied. Reads the whole
-- object, which is small beside the batch here.
select
{% for change in changes %}
    count(*) filter (where {{ change.matters }}) as {{ change.name }}{{ "," if not loop.last }}
{% endfor %}
from {{ store_schema | ident }}.{{ golden | ident }} g
where g._state <> 'REMOVED'

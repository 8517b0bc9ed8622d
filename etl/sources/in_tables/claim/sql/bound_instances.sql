-- How many instances each change could touch at most: a field that is empty already cannot be emptied. This reads the
-- whole object, which is small beside the batch by then.
select
{% for change in changes %}
    count(*) filter (where {{ change.matters }}) as {{ change.name }}{{ "," if not loop.last }}
{% endfor %}
from {{ store_schema | ident }}.{{ golden | ident }} g
where g._state = 'ACTUAL'

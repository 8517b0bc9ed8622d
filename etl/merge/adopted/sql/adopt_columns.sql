-- What no source loads: times and names that the other installation has kept, and fields that are only shown.
update {{ store_schema | ident }}.{{ golden | ident }} g
set
{% for column, given in columns.items() %}
    {{ column | ident }} = coalesce(a.{{ given | ident }}, g.{{ column | ident }}){{ "," if not loop.last }}
{% endfor %}
from pg_temp.{{ table | ident }} a
where g._id = a.system_id collate "C"
  and {{ columns.values() | idents("a") | each("{0} is not null") | any_of }}

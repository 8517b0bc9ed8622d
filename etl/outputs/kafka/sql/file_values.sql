-- How many instances name a file in each of the fields, whose contents no record has.
{% for field in files %}
{{ "union all" if not loop.first }}
select {{ field.code | literal }} as code, count(*) as instances
from {{ store_schema | ident }}.{{ table | ident }} g
where g.{{ field.column }} is not null and g._state <> 'REMOVED'
{% endfor %}

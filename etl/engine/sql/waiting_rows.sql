-- How many links of the in_ link tables wait, table by table.
{% for link in links %}
{{ "union all" if not loop.first }}
select {{ loop.index0 }} as link, count(*) as links, min(l.inserted_date) as since
from {{ in_schema | ident }}.{{ link.name | ident }} l
where l.in_status = 'WAITING'
{% endfor %}

-- Files of the person that other instances have too, or had as far as the journal reaches: an undo may restore them.
with f as materialized (select unnest(cast(:files as text[])) as id)
{% for use in uses %}
select g.{{ use.column | ident }} as id
from {{ store_schema | ident }}.{{ use.table | ident }} g
join f on f.id = g.{{ use.column | ident }}
where not g._id = any(cast(:instances as text[]))
union
{% endfor %}
select f.id
from {{ store_schema | ident }}.journal j
cross join lateral jsonb_each(j.before) b
join f on f.id = b.value #>> '{}'
where j.field is null and not j.instance = any(cast(:instances as text[]))

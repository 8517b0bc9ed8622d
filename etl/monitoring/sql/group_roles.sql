-- Working groups, and the group of the directory that each names.
select coalesce(g.{{ "name" | ident }}, g._id) as name, btrim(g.{{ role | ident }}) as role
from {{ store_schema | ident }}.{{ golden | ident }} g
where g._state = 'ACTUAL' and btrim(g.{{ role | ident }}) <> ''
order by 1, 2

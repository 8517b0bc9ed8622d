-- Of how many of the chunk's first rows the link is there already.
{% from "chunk.jinja" import links_within %}
select count(*) as rows, count(*) filter (where exists (
    select from {{ store_schema | ident }}.{{ owner_golden | ident }} o
    join {{ store_schema | ident }}.{{ golden_link | ident }} g on g._owner = o._id
    join {{ store_schema | ident }}.{{ target_golden | ident }} t on t._id = g._target
    where o._in_id = l.owner_in_id collate "C" and t._in_id = l.target_in_id collate "C"
)) as present
from (
    select l.{{ owner_column | ident }} as owner_in_id, l.{{ target_column | ident }} as target_in_id
    from {{ in_schema | ident }}.{{ in_table | ident }} l
    where l.in_status = 'ON_WORK'{{ links_within(chunk) }}
    limit 1000
) l

-- The values that the instances have, and had as far as the journal reaches.
select v.key as name, v.value #>> '{}' as value
from {{ store_schema | ident }}.{{ golden | ident }} g
cross join lateral jsonb_each(to_jsonb(g)) v
where g._id = any(cast(:instances as text[])) and v.value <> 'null'
union
select v.key, v.value #>> '{}'
from {{ store_schema | ident }}.journal j
cross join lateral jsonb_each(j.before) v
where j.bo = :bo and j.instance = any(cast(:instances as text[])) and j.field is null and v.value <> 'null'

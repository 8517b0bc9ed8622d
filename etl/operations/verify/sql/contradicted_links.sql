-- Those of some links that are not there, and do not wait; and those that are, though they were removed. Of a SINGLE
-- field no link is asked for where the owner has another one: which of both is the later one, the rows do not say.
select t.owner, t.target
from unnest(cast(:owners as text[]), cast(:targets as text[]), cast(:removed as bool[]))
    as t (owner, target, is_removed)
left join {{ schema | ident }}.{{ owner | ident }} o on o._in_id = t.owner
left join {{ schema | ident }}.alias oa on oa.bo = :bo and oa.in_id = t.owner
left join {{ schema | ident }}.{{ target | ident }} g on g._in_id = t.target
left join {{ schema | ident }}.alias ga on ga.bo = :target_bo and ga.in_id = t.target
cross join lateral (
    select
        exists (
            select from {{ schema | ident }}.{{ table | ident }} l
            where l._owner = coalesce(o._id, oa.instance) and l._target = coalesce(g._id, ga.instance)
        )
        or exists (
            select from {{ schema | ident }}.boi_reference r
            where r.bo = :bo and r.field = :field and r.target_bo in (:target_bo, '')
              and r.target_field = '' and r.target_value = t.target
              and (r.owner_in_id = t.owner or r.owner = coalesce(o._id, oa.instance))
        ) as is_there,
        exists (
            select from {{ schema | ident }}.{{ table | ident }} l where l._owner = coalesce(o._id, oa.instance)
        ) as has_another
) k
where case when t.is_removed then k.is_there else not k.is_there and not (k.has_another and :is_single) end

-- What the unit that merged the id changed in the instance: the first value before, the value after, and whether a
-- later change has touched it since, or it is pinned.
with mine as (
    select b.key, min(j.n) as first, max(j.n) as last, (array_agg(b.value order by j.n))[1] as before
    from {{ store_schema | ident }}.journal j
    cross join lateral jsonb_each(j.before) b
    where j.run = :merged_by and j.bo = :bo and j.instance = :kept and j.field is null
    group by b.key
),
later as (
    select m.key, (array_agg(b.value order by j.n))[1] as before
    from mine m
    join {{ store_schema | ident }}.journal j
        on j.bo = :bo and j.instance = :kept and j.field is null and j.n > m.last and j.run is distinct from :merged_by
    cross join lateral jsonb_each(j.before) b
    where b.key = m.key
    group by m.key
)
select m.key, m.before, coalesce(l.before, to_jsonb(g) -> m.key) as after,
    l.key is not null or exists (
        select from {{ store_schema | ident }}.pin p where p.bo = :bo and p.instance = :kept and p.field = m.key
    ) as is_changed_since
from mine m
left join later l on l.key = m.key
cross join {{ store_schema | ident }}.{{ golden | ident }} g
where g._id = :kept
order by m.key

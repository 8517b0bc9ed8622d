-- SINGLE: the rows of an ordered source count as later than every link and reference that their owner had before this
-- unit of work, whatever the clocks say: an earlier link is replaced, and an earlier reference that still waits is too
-- late. What the owner had is looked up once, as the rows of a composite field come member by member.
with owners as (
    select distinct coalesce(s.owner, '') as owner, s.owner_in_id
    from stage s
    where not exists (
        select 1 from pg_temp.link_base b
        where b.golden_link = :golden_link and b.owner = coalesce(s.owner, '') and b.owner_in_id = s.owner_in_id
    )
),
based as (
    insert into pg_temp.link_base (golden_link, owner, owner_in_id, base)
    select :golden_link, o.owner, o.owner_in_id, greatest(:started_at, had.latest)
    from owners o
    cross join lateral (
        select max(linked_at) as latest
        from (
            select g._linked_at as linked_at
            from store_demo.link_Contracts_Borrower g
            where g._owner = o.owner
            union all
            select r.linked_at
            from store_demo.boi_reference r
            where r.bo = :bo and r.field = :field and r.owner = o.owner and r.owner <> ''
            union all
            select r.linked_at
            from store_demo.boi_reference r
            where r.bo = :bo and r.field = :field and r.target_bo = any(cast(:target_bos as text[]))
              and r.owner_in_id in (o.owner_in_id, (
                  select g._in_id from store_demo.bo_Contracts g where g._id = o.owner
              )) and r.owner_in_id <> ''
        ) every
    ) had
    returning owner, owner_in_id, base
)
update stage s
set linked_at = b.base + s._source_row * interval '1 microsecond'
from (
    select owner, owner_in_id, base from based
    union all
    select owner, owner_in_id, base from pg_temp.link_base where golden_link = :golden_link
) b
where b.owner = coalesce(s.owner, '') and b.owner_in_id = s.owner_in_id
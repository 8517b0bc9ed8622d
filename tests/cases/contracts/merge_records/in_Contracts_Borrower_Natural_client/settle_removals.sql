-- One row gives a link and another, by another external id of an instance, removes it: the one inserted last
-- counts, of equal times the removal.
delete from stage s
using (
    select r.ctid as removal, a.ctid as addition, a.linked_at > r.linked_at as is_brought
    from stage r
    join stage a on a.owner = r.owner and a.target = r.target
    where r.removed and not a.removed
    union all
    -- Several rows of a source may name a link whose ends are not there yet.
    select r.ctid, a.ctid, a.linked_at > r.linked_at
    from stage r
    join stage a
        on a.owner_in_id = r.owner_in_id and a.target_field = r.target_field and a.target_value = r.target_value
    where r.removed and not a.removed and r.target_value <> '' and (r.owner is null or r.target is null)
      and a.owner is not distinct from r.owner
) pair
where s.ctid = case when pair.is_brought then pair.removal else pair.addition end
-- One row gives a link and another, by another external id of an instance, removes it: the one inserted last
-- counts, of equal times the removal.
delete from stage s
using (
    select r.ctid as removal, a.ctid as addition, a.linked_at > r.linked_at as is_brought
    from stage r
    join stage a on a.owner = r.owner and a.target = r.target
    where r.removed and not a.removed
) pair
where s.ctid = case when pair.is_brought then pair.removal else pair.addition end
-- The waiting links of a link table, and those that name two ends by external ids which are both there. Links that an
-- undo has restored wait for more than that.
select count(*) as waiting, count(*) filter (
    where r.restored_by is null and r.target_field = ''
      and coalesce(
          (select _id from {{ schema | ident }}.{{ owner | ident }} where _id = r.owner),
          (select _id from {{ schema | ident }}.{{ owner | ident }} where _in_id = r.owner_in_id)
      ) is not null
      and exists (select from {{ schema | ident }}.{{ target | ident }} where _in_id = r.target_value)
) as served
from {{ schema | ident }}.boi_reference r
where r.bo = :bo and r.field = :field and r.target_bo = :target_bo

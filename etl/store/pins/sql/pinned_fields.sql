-- The fields of an object that are pinned in some of its instances, and whether a row may end one of these pins.
select field, bool_or(until_changed) as may_end
from {{ schema | ident }}.pin
where bo = :bo
group by field
order by field

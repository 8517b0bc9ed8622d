-- Erasures that have not ended.
select number, bo, instance, reason, subject
from {{ schema | ident }}.erasure
where finished_at is null
order by number

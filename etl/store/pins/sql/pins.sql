-- Pinned fields, the newest first.
select bo, instance, field, value, source_value #>> '{}' as source_value, reason, pinned_by, pinned_at, until_changed,
    run as unit
from {{ schema | ident }}.pin
where :bo in ('', bo) and :instance in ('', instance) and :field in ('', field)
order by run desc, bo, instance, field
limit :limit

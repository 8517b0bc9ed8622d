-- Why records of a load were rejected, in the order of their codes.
select code, path, value, message, partition, record_offset
from {{ store_schema | ident }}.err
where run > :before and topic is not null and severity = 'error'
order by code, partition, record_offset

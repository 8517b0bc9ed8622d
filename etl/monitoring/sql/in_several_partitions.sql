-- Instances that records of several partitions have changed, among the newest :count changes, and one of them.
select count(*) as instances, min(i.bo || ' ' || i.instance) as example
from (
    select j.bo, j.instance
    from (select bo, instance, origin from {{ schema | ident }}.journal order by written_by desc limit :count) j
    where j.origin ~ '/[0-9]+/[0-9]+$'
    group by j.bo, j.instance
    having count(distinct regexp_replace(j.origin, '/[0-9]+$', '')) > 1
) i

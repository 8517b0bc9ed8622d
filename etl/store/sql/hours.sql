-- Batches by the hour, the newest first: those that are there, and those whose units were deleted.
{% from "batch_hours.jinja" import batch_hours %}
with every as (
    {{ batch_hours("%s.unit" | format(schema | ident)) }}
    union all
    select source, hour, name, counter, amount from {{ schema | ident }}.batch_hour
),
summed as (
    select source, hour, name, counter, sum(amount) as amount
    from every
    where cast(:source as text) is null or source = :source
    group by source, hour, name, counter
)
select hour, source, max(amount) filter (where name = '') as batches,
    jsonb_object_agg(name, counters) filter (where name <> '') as receipt
from (
    select hour, source, name, max(amount) filter (where name = '') as amount,
        jsonb_object_agg(counter, amount) as counters
    from summed
    group by hour, source, name
) by_name
group by hour, source
order by hour desc, source
limit :limit

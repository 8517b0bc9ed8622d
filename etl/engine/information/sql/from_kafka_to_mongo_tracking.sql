-- What became of the rows of each run and the records of each batch (vendor's guide,
-- in_migration.from_kafka_to_mongo_tracking).
-- inserted_data_counter: rows and links that are in the store now, whether it was changed by them or not.
create or replace view {{ schema | ident }}.from_kafka_to_mongo_tracking as
select u.number as id, u.source, u.kind, u.started_at, u.finished_at,
    c.created + c.changed + c.unchanged + c.removed as inserted_data_counter,
    c.created as created_counter, c.changed as changed_counter, c.unchanged as unchanged_counter,
    c.removed as removed_counter, c.rejected as rejected_counter, c.waiting as waiting_counter
from {{ store_schema | ident }}.unit u
cross join lateral (
    select
{% for name in ("created", "changed", "unchanged", "removed", "rejected", "waiting") %}
        cast(coalesce(sum(cast(t.counters ->> '{{ name }}' as bigint)), 0) as bigint) as {{ name }}
            {{- "," if not loop.last }}
{% endfor %}
    from jsonb_each(u.receipt) as t (name, counters)
    where t.name <> 'records' and jsonb_typeof(t.counters) = 'object'
) c
where u.kind in ('run', 'batch')

-- The outputs with what they have still to write: at most :count changes of the journal are counted for each. A store
-- that no newer program has written to has no recreated_topics yet.
{% from "lease.jinja" import is_fresh %}
{% from "journal_id.jinja" import journal_id %}
select o.name, o.step, o.records, o.owner is not null and {{ is_fresh("o.heartbeat_at") }} as is_led, o.followed_at,
    o.place is distinct from {{ journal_id(schema) }}
        or pg_snapshot_xmax(o.journal_position) > pg_snapshot_xmax(pg_current_snapshot()) as position_is_stale,
    coalesce(to_jsonb(o) -> 'recreated_topics', '[]') as recreated_topics, w.changes,
    coalesce(round(extract(epoch from clock_timestamp() - u.started_at)), 0) as lag_seconds,
    (select count(*) from {{ schema | ident }}.kafka_unsent_record n where n.output = o.name) as unsent,
    pg_total_relation_size('{{ schema | ident }}.journal')
        + (
            select coalesce(sum(pg_total_relation_size(p.relid)), 0)
            from pg_partition_tree('{{ schema | ident }}.journal') p
            where p.isleaf and p.parentrelid is not null
        ) as journal_bytes
from {{ schema | ident }}.kafka_output o
cross join lateral (
    select count(*) as changes, min(c.run) as oldest
    from (
        select j.run
        from {{ schema | ident }}.journal j
        where (
                j.written_by >= pg_snapshot_xmax(o.journal_position)
                or j.written_by = any(cast(
                    string_to_array(split_part(cast(o.journal_position as text), ':', 3), ',') as xid8[]
                ))
            )
          and pg_visible_in_snapshot(j.written_by, pg_current_snapshot())
        limit :count
    ) c
) w
left join {{ schema | ident }}.unit u on u.number = w.oldest
order by o.name

-- Whether a partition has changes that an out_ version or an output has still to read: its newest change, which the
-- index gives, is compared with the oldest position.
select coalesce(
    (
        select j.written_by
        from {{ schema | ident }}.{{ name | ident }} j
        order by j.written_by desc
        limit 1
    ) >= (
        select pg_snapshot_xmin(r.journal_position)
        from (
            select journal_position from {{ schema | ident }}.out_version
            union all
            select journal_position from {{ schema | ident }}.kafka_output
        ) r
        order by pg_snapshot_xmin(r.journal_position)
        limit 1
    ),
    false
) as is_unread

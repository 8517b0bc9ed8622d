-- Whether a partition has changes that an out_ version or an output has still to read.
select exists (
    select from {{ schema | ident }}.{{ name | ident }} j
    where j.written_by >= (
        select pg_snapshot_xmin(r.journal_position)
        from (
            select journal_position from {{ schema | ident }}.out_version
            union all
            select journal_position from {{ schema | ident }}.kafka_output
        ) r
        order by pg_snapshot_xmin(r.journal_position)
        limit 1
    )
) as is_unread

-- The number below those of all units that ended at a time or later, or have not ended.
select coalesce(
    (
        select min(u.number) - 1
        from {{ schema | ident }}.unit u
        where u.finished_at is null or u.finished_at >= cast(:moment as timestamp with time zone)
    ),
    (select max(number) from {{ schema | ident }}.unit),
    0
) as number

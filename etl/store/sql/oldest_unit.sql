-- Units with smaller numbers are old: they are before the first one that began within the kept days, and before the
-- newest. Null without any. For starts in the future see oldest_kept of the in_ tables.
select least(
    (
        select min(u.number)
        from {{ schema | ident }}.unit u
        where u.started_at >= clock_timestamp() - make_interval(days => :days)
          and not (
              u.started_at > clock_timestamp()
              and exists (
                  select
                  from {{ schema | ident }}.unit later
                  where later.number > u.number and later.started_at < clock_timestamp() - make_interval(days => :days)
              )
          )
    ),
    (select max(number) from {{ schema | ident }}.unit)
) as number

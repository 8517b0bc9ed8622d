-- Runs with smaller numbers are old and over. Numbers rise, clocks may be set back, so the numbers decide where the old
-- ones end: before the first run that began within the kept days, before one that has not ended, before the newest. A
-- start in the future counts as recent, unless a later run is old already: then the clock was wrong when it began.
select least(
    (
        select min(r.id)
        from {{ schema | ident }}.run r
        where r.started_at >= clock_timestamp() - make_interval(days => :days)
          and not (
              r.started_at > clock_timestamp()
              and exists (
                  select
                  from {{ schema | ident }}.run later
                  where later.id > r.id and later.started_at < clock_timestamp() - make_interval(days => :days)
              )
          )
    ),
    (select min(id) from {{ schema | ident }}.run where state = 'running'),
    (select max(id) from {{ schema | ident }}.run)
) as run

-- How many tasks are not finished; another runner may be at work on them. `lost` are helpers that have begun some and have
-- no lease any more, `unknown` are kinds that a newer version has planned.
select
    count(*) filter (where state = 'todo') as todo,
    count(*) filter (where state = 'running') as running,
    count(*) > 1 as is_planned,
    array(
        select distinct t.owner
        from {{ schema | ident }}.task t
        join {{ schema | ident }}.run r on r.id = t.run and r.owner <> t.owner
        join {{ schema | ident }}.runner h on h.run = t.run and h.owner = t.owner
        where t.run = :run and t.state = 'running' and t.fence = :fence
          and coalesce(h.heartbeat_at, '-infinity') < clock_timestamp() - make_interval(secs => :lease_seconds)
    ) as lost,
    array(
        select distinct cast(kind as text)
        from {{ schema | ident }}.task
        where run = :run and state = 'todo' and kind <> all(cast(:known as text[]))
    ) as unknown,
    not exists (
        select 1 from {{ schema | ident }}.run where id = :run and fence = :fence and state = 'running'
    ) as has_ended
from {{ schema | ident }}.task
where run = :run

-- How many tasks are not finished; other runners may perform them. `lost` are helpers whose lease has run out, with or
-- without a task (one that froze while it took a task locks its row before its name is visible), and helpers without a
-- lease that left a task begun. `unknown` are kinds that a newer version has planned. `has_ended` is for helpers: the
-- run is over, or its owner's lease is, and a helper should rather take over.
{% from "lease.jinja" import is_fresh %}
select
    count(*) filter (where state = 'todo') as todo,
    count(*) filter (where state = 'running') as running,
    count(*) > 1 as is_planned,
    array(
        select h.owner
        from {{ schema | ident }}.runner h
        join {{ schema | ident }}.run r on r.id = h.run and r.owner <> h.owner
        where h.run = :run and h.fence = :fence and h.owner <> :owner
          and case
              when h.heartbeat_at is not null
              then not ({{ is_fresh("h.heartbeat_at") }})
              else exists (
                  select 1
                  from {{ schema | ident }}.task t
                  where t.run = h.run and t.owner = h.owner and t.fence = h.fence and t.state = 'running'
              )
          end
    ) as lost,
    array(
        select distinct cast(kind as text)
        from {{ schema | ident }}.task
        where run = :run and state = 'todo' and kind <> all(cast(:known as text[]))
    ) as unknown,
    not exists (
        select 1
        from {{ schema | ident }}.run
        where id = :run and fence = :fence and state = 'running'
          and {{ is_fresh("heartbeat_at") }}
    ) as has_ended
from {{ schema | ident }}.task
where run = :run

-- When the run began, by the database's clock; an heir uses the same time. And the transaction since which instances may
-- have come whose links no run has served: that of the first run after the last one that came to its end with all of its
-- tasks.
select r.started_at, cast(f.started_xid as text) as unserved_since, f.id as first_run
from {{ schema | ident }}.run r
cross join lateral (
    select first.id, first.started_xid
    from {{ schema | ident }}.run first
    where first.id > coalesce((
        select max(done.id) from {{ schema | ident }}.run done
        where done.state = 'done' and done.marker <> 0 and done.id < r.id
          and not exists (
              select 1 from {{ schema | ident }}.task t where t.run = done.id and t.state = 'quarantined'
          )
    ), 0)
    order by first.id
    limit 1
) f
where r.id = :run

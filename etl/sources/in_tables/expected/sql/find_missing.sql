-- Instances of which this source has brought one before, and none of whose ids is present; each by one of its external
-- ids, the source's own if one is known, or without any by its id. The source has brought those that one of its full
-- sets had, and those that the journal says it has written; the journal is read only if an id is missing that no full
-- set had.
create temporary table missing on commit drop as
with known as (
    select g._id, g._in_id as in_id
    from {{ store_schema | ident }}.{{ golden | ident }} g
    where g._state <> 'REMOVED'
    union all
    select g._id, a.in_id
    from {{ store_schema | ident }}.alias a
    join {{ store_schema | ident }}.{{ golden | ident }} g on g._id = a.instance and g._state <> 'REMOVED'
    where a.bo = :bo
),
lacking as (
    select k._id, min(k.in_id) as in_id, min(f.in_id) as own_in_id
    from known k
    left join pg_temp.present p on p.in_id = k.in_id
    left join {{ store_schema | ident }}.full_set_id f
        on f.source = :source and f.bo = :bo and f.in_id = k.in_id
    group by k._id
    having count(p.in_id) = 0
)
select
    cast(coalesce(l.own_in_id, l.in_id) as varchar(100)) collate "C" as in_id,
    cast(case when l.in_id is null then l._id end as varchar(32)) collate "C" as out_id
from lacking l
where not exists (select from pg_temp.present p where p.out_id = l._id)
  and (
      l.own_in_id is not null
      or l._id in (
          select j.instance
          from {{ store_schema | ident }}.journal j
          join {{ store_schema | ident }}.unit u on u.number = j.run and u.source = :source and u.kind = 'run'
          where j.bo = :bo and j.field is null and j.change in ('created', 'changed', 'returned')
            and j.run <> all(cast(:undone as bigint[]))
      )
  )

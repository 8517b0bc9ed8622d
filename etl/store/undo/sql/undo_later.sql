-- What other runs have changed since, without runs that have been undone, and without undos of what has changed since;
-- and fields that are pinned.
-- Numbers do not say what came later: a unit with a lower number may have written after one with a higher number.
-- The journal is read once.
create temporary table undo_later on commit drop as
with since as materialized (
    select l.n, l.bo, c.field, l.instance, c.target, coalesce(l.run, 0) as run, l.before
    from (
        select bo, field, instance, target, min(n) as first from undo_change group by bo, field, instance, target
    ) c
    join {{ store_schema | ident }}.journal l
        on l.bo = c.bo and l.instance = c.instance
        and coalesce(l.field, '') = c.field and coalesce(l.target, '') = c.target
    where l.n > c.first and l.change <> 'touched' and l.run is distinct from :run
)
select l.n, l.bo, l.field, l.instance, l.target, array(select jsonb_object_keys(l.before)) as keys
from since l
left join {{ store_schema | ident }}.undone_run u on u.as_run = l.run
where l.run <> all(cast(:undone as bigint[]))
  and not exists (
      select from since s
      where s.run = u.run and s.bo = l.bo and s.field = l.field and s.instance = l.instance and s.target = l.target
  )
union all
select cast(9223372036854775807 as bigint), p.bo, '', p.instance, '', array[cast(p.field as text)]
from {{ store_schema | ident }}.pin p
where p.run <> all(cast(:undone as bigint[]))
  and not exists (
      -- It ends again, see undo_ended_again.
      select from {{ store_schema | ident }}.ended_pin e
      where e.bo = p.bo and e.field = p.field and e.instance = p.instance and e.run = p.run
        and e.ended_by <> all(cast(:undone as bigint[]))
  )
  and exists (select from undo_change c where c.bo = p.bo and c.field = '' and c.instance = p.instance)

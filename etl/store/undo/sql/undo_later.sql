-- What other runs have changed since, without runs that have been undone and the undos of these. Units of several
-- sources may work at once, and one with a lower number then changes an instance later: so since when a change counts is
-- asked of the journal, for each instance and link, and of no number. The journal is read once.
create temporary table undo_later on commit drop as
with met as materialized (
    select l.n, l.run, l.bo, c.field, l.instance, c.target, l.before, c.first,
        min(l.n) over (partition by l.run, l.bo, c.field, l.instance, c.target) as begun
    from (
        select bo, field, instance, target, min(n) as first from undo_change group by bo, field, instance, target
    ) c
    join {{ store_schema | ident }}.journal l
        on l.bo = c.bo and l.instance = c.instance and coalesce(l.field, '') = c.field and coalesce(l.target, '') = c.target
    where l.change <> 'touched' and l.run is distinct from :run
)
select l.n, l.bo, l.field, l.instance, l.target, array(select jsonb_object_keys(l.before)) as keys
from met l
where l.n > l.first and coalesce(l.run, 0) <> all(cast(:undone as bigint[]))
  and not exists (
      select from {{ store_schema | ident }}.undone_run u
      join met w on w.run = u.run and w.begun > w.first
      where u.as_run = l.run
        and w.bo = l.bo and w.field = l.field and w.instance = l.instance and w.target = l.target
  )

-- What other runs have changed since, without runs that have been undone and the undos of these.
-- The journal is read once.
create temporary table undo_later on commit drop as
select l.n, l.bo, c.field, l.instance, c.target, array(select jsonb_object_keys(l.before)) as keys
from (
    select bo, field, instance, target, min(n) as first from undo_change group by bo, field, instance, target
) c
join {{ store_schema | ident }}.journal l
    on l.bo = c.bo and l.instance = c.instance and coalesce(l.field, '') = c.field and coalesce(l.target, '') = c.target
where l.n > c.first and l.change <> 'touched'
  and l.run is distinct from :run and coalesce(l.run, 0) <> all(cast(:cancelled as bigint[]))

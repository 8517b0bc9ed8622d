-- Links that the run removed and that another undone run had made: they are not restored. The journal is read once.
create temporary table undo_made on commit drop as
select m.bo, m.field, m.instance, m.target
from (
    select distinct on (c.bo, c.field, c.instance, c.target) c.bo, c.field, c.instance, c.target, l.run
    from (
        select bo, field, instance, target, min(n) as first
        from undo_change
        where change = 'unlinked'
        group by bo, field, instance, target
    ) c
    join {{ store_schema | ident }}.journal l
        on l.bo = c.bo and l.field = c.field and l.instance = c.instance and l.target = c.target
    where l.change = 'linked' and l.n < c.first
    order by c.bo, c.field, c.instance, c.target, l.n desc
) m
where m.run = any(cast(:undone as bigint[])) and m.run <> :run

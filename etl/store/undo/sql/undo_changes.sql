-- What the run changed. The journal is read once, whatever statistics say: they may be older than the run.
create temporary table undo_change on commit drop as
select
    j.n, j.bo, coalesce(j.field, '') as field, j.instance, coalesce(j.target, '') collate "C" as target,
    j.change, j.before
from {{ store_schema | ident }}.journal j
where j.run = :run

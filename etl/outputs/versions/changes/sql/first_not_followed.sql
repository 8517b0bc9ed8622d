-- The oldest unit with a change that a position does not see.
select min(j.run) as first_open
from {{ store_schema | ident }}.journal j
where j.written_by >= pg_snapshot_xmin(cast(:position as pg_snapshot))
  and not pg_visible_in_snapshot(j.written_by, cast(:position as pg_snapshot))

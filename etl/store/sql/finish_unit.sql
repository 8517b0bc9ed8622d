-- With the unit's last transaction on the store. Where the clock of the source's database is ahead, its start counts.
-- A unit whose beginning is not recorded overlaps all others.
insert into {{ schema | ident }}.unit as u
    (number, source, kind, started_at, finished_at, receipt, begun_after, closed_by)
values (
    :number, :source, :kind, :started_at, greatest(clock_timestamp(), :started_at), cast(:receipt as jsonb),
    cast('3' as xid8), pg_current_xact_id()
)
on conflict (number) do update
set finished_at = excluded.finished_at, receipt = excluded.receipt, closed_by = excluded.closed_by

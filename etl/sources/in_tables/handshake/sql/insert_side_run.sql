-- A run of our own that no marker asked for, done in the transaction that writes this row.
insert into {{ schema | ident }}.run (id, company, marker_id, owner, fence, state, started_at, finished_at, message)
select :run, :company, 0, :owner, fence, 'done', coalesce(cast(:at as timestamp with time zone), clock_timestamp()),
    clock_timestamp(), :message
from {{ schema | ident }}.run_fence
returning started_at

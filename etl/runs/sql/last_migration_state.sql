-- Progress of the newest run (vendor's guide, last_migration_state).
create or replace view {{ schema | ident }}.last_migration_state as
select seq, kind, title, state, attempts, started_at, finished_at, counters, error, run
from {{ schema | ident }}.task
where run = (select max(run) from {{ schema | ident }}.task)
order by seq

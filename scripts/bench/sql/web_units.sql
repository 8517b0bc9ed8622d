-- A hundred runs after the first one, each with its receipts and tasks; the last is the newest. Their numbers are a
-- millisecond apart, as the engine would take them, their times two hours.
create table public.bench_run as
select
    k, cast(%(base)s as bigint) + k * 1048576 as number, clock_timestamp() - (%(runs)s - k) * interval '2 hours' as at,
    case when k = %(runs)s then %(errors)s / 10 else %(errors)s * 9 / 10 / (%(runs)s - 1) end as errors
from generate_series(1, %(runs)s) k;
insert into in_tables.run (id, company, marker_id, owner, fence, state, started_at, finished_at)
select b.number, r.company, r.marker_id, r.owner, r.fence, 'done', b.at, b.at + interval '10 minutes'
from public.bench_run b
cross join in_tables.run r
where r.id = %(base)s;
insert into in_tables.task (
    run, seq, stage, kind, title, in_table, lane, claimed_rows, state, owner, fence, attempts, counters, started_at,
    finished_at
)
select
    b.number, t.seq + 1000 * n, t.stage, t.kind, t.title, t.in_table, t.lane, 50000, 'done', t.owner, t.fence, 1,
    t.counters, b.at, b.at + n * interval '1 minute'
from public.bench_run b
cross join in_tables.task t
cross join generate_series(1, 10) n
where t.run = %(base)s;
insert into in_tables.migration_receipt (
    run, in_table, ordinal, claimed, created, changed, unchanged, removed, rejected, waiting, vanished, released,
    started_at, finished_at
)
select
    b.number, r.in_table, r.ordinal, %(rows)s, %(rows)s / 100, %(rows)s / 100,
    %(rows)s - %(rows)s / 50 - b.errors / 3, 0, b.errors / 3, 0, 0, 0, b.at, b.at + interval '10 minutes'
from public.bench_run b
cross join in_tables.migration_receipt r
where r.run = %(base)s;
insert into store_bench.unit (number, source, kind, started_at, finished_at, receipt)
select b.number, u.source, u.kind, b.at, b.at + interval '10 minutes', u.receipt
from public.bench_run b
cross join store_bench.unit u
where u.number = %(base)s

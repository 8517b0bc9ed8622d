-- Runs with smaller numbers are old and over. A run's number begins with the milliseconds of its start (new_run_id), so
-- whatever bears it is found by its index. The newest run is kept, and so is one that has not ended, with all after it.
select least(
    cast(extract(epoch from clock_timestamp() - make_interval(days => :days)) * 1000 as bigint) << 20,
    (select min(id) from {{ schema | ident }}.run where state = 'running'),
    (select max(id) from {{ schema | ident }}.run)
) as run

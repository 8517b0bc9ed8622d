-- The only clock.
select clock_timestamp() as now

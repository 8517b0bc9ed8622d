-- The database's clock, which decides.
select clock_timestamp() as now

-- All times of the store are by its own clock.
select clock_timestamp() as at

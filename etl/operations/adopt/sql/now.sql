-- The time by the store's clock.
select clock_timestamp() as at

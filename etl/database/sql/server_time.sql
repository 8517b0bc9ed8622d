-- The time by the server's clock now, not when the transaction began.
select clock_timestamp() as at

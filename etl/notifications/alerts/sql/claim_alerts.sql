-- Alerts that this process sends now. Another one waits for this statement and then finds sending_until in the future
-- (a value more than a day ahead comes from a wrong clock). A hook that fails is retried five times, later each time.
update {{ schema | ident }}.alert
set attempts = attempts + 1, sending_until = clock_timestamp() + make_interval(secs => :seconds * (attempts + 1))
where cardinality(unsent) > 0 and attempts < 5
  and (sending_until is null or sending_until not between clock_timestamp() and clock_timestamp() + interval '1 day')
returning kind, subject, message, since, over_at, unsent, clock_timestamp() as now

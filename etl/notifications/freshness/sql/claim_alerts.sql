-- Alerts that this runner sends now. Another runner waits for this statement and then finds sending_until in the
-- future (a value more than a day ahead comes from a wrong clock). A hook that fails is retried five times, later each
-- time.
update {{ schema | ident }}.freshness_alert
set attempts = attempts + 1, sending_until = clock_timestamp() + make_interval(secs => :seconds * (attempts + 1))
where (sent_at is null or over_at is not null) and attempts < 5
  and (sending_until is null or sending_until not between clock_timestamp() and clock_timestamp() + interval '1 day')
returning kind, channel, since, over_at, clock_timestamp() as now

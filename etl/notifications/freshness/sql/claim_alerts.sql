-- What this runner is to send now. Another one that wants the same waits for this statement and then finds
-- sending_until in the future; more than a day ahead it comes from a wrong clock. A hook that fails is tried again,
-- later each time, five times in all.
update {{ schema | ident }}.freshness_alert
set attempts = attempts + 1, sending_until = clock_timestamp() + make_interval(secs => :seconds * (attempts + 1))
where (sent_at is null or over_at is not null) and attempts < 5
  and (sending_until is null or sending_until not between clock_timestamp() and clock_timestamp() + interval '1 day')
returning kind, channel, since, over_at, clock_timestamp() as now

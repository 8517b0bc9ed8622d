-- What is to be told by this runner now. Another one that wants the same waits for this statement and then finds
-- telling_until in the future; further ahead than a day it is of a clock that was wrong. A hook that fails is tried again, later each time, five times in all.
update {{ schema | ident }}.freshness_alert
set attempts = attempts + 1, telling_until = clock_timestamp() + make_interval(secs => :seconds * (attempts + 1))
where (told_at is null or over_at is not null) and attempts < 5
  and (telling_until is null or telling_until not between clock_timestamp() and clock_timestamp() + interval '1 day')
returning kind, teller, since, over_at, clock_timestamp() as now

-- What schedules of all hosts ask for is done once an interval. A last time in the future was noted by a wrong clock.
insert into {{ schema | ident }}.kafka_schedule as s (method, done_at)
values (:method, clock_timestamp())
on conflict (method) do update
set done_at = excluded.done_at
where s.done_at <= clock_timestamp() - make_interval(mins => :minutes, secs => -:early_seconds)
    or s.done_at > clock_timestamp()

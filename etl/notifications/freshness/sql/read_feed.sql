-- When the last hand-over came (a run begins soon after it; runs without a marker are our own), and since when a
-- hand-over has been unread.
select
    clock_timestamp() as now,
{% if has_run %}
    (select started_at from {{ schema | ident }}.run where marker_id <> 0 order by id desc limit 1) as last_run,
    (select started_at from {{ schema | ident }}.run where state = 'running') as running_since,
    (select finished_at from {{ schema | ident }}.run where marker_id <> 0 order by id desc limit 1) as finished_at,
{% else %}
    cast(null as timestamp with time zone) as last_run,
    cast(null as timestamp with time zone) as running_since,
    cast(null as timestamp with time zone) as finished_at,
{% endif %}
{% if has_watch %}
    (select watched_since from {{ schema | ident }}.freshness) as watched_since,
    (select ready_since from {{ schema | ident }}.freshness) as ready_since
{% else %}
    cast(null as timestamp with time zone) as watched_since,
    cast(null as timestamp with time zone) as ready_since
{% endif %}

-- Syncs that began longer ago than units of work are kept.
delete from {{ schema | ident }}.ad_run
where started_at < clock_timestamp() - make_interval(days => :days)

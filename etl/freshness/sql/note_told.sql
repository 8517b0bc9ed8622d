-- The alert was told.
update {{ schema | ident }}.freshness_alert
set told_at = clock_timestamp(), attempts = 0, telling_until = null
where kind = :kind and teller = :teller and told_at is null

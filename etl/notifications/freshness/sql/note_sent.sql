-- The alert was sent.
update {{ schema | ident }}.freshness_alert
set sent_at = clock_timestamp(), attempts = 0, sending_until = null
where kind = :kind and channel = :channel and sent_at is null

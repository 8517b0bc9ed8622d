-- Channels that were notified of the alert are notified of its end.
update {{ schema | ident }}.freshness_alert
set over_at = clock_timestamp(), attempts = 0, sending_until = null
where kind = :kind and sent_at is not null and over_at is null

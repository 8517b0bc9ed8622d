-- Who was told of the alert is told of its end.
update {{ schema | ident }}.freshness_alert
set over_at = clock_timestamp(), attempts = 0, telling_until = null
where kind = :kind and told_at is not null and over_at is null

-- What was over before anybody was told needs no all-clear; a teller that is telling right now is waited for.
delete from {{ schema | ident }}.freshness_alert
where kind = :kind and told_at is null and (telling_until is null or telling_until not between clock_timestamp() and clock_timestamp() + interval '1 day')

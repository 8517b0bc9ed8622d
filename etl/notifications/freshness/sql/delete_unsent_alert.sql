-- What was over before the alert was sent needs no all-clear; a channel that is sending right now is waited for.
delete from {{ schema | ident }}.freshness_alert
where kind = :kind and sent_at is null and (sending_until is null or sending_until not between clock_timestamp() and clock_timestamp() + interval '1 day')

-- An alert that ended before it was sent needs no all-clear; waits for a channel that is sending now.
delete from {{ schema | ident }}.freshness_alert
where kind = :kind and sent_at is null and (
    sending_until is null
    or sending_until not between clock_timestamp() and clock_timestamp() + interval '1 day'
)

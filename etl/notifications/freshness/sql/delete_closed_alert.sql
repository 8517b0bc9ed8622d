-- The all-clear was sent.
delete from {{ schema | ident }}.freshness_alert where kind = :kind and channel = :channel and over_at is not null

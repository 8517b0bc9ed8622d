-- The all-clear was told: nothing is left to remember.
delete from {{ schema | ident }}.freshness_alert where kind = :kind and teller = :teller and over_at is not null

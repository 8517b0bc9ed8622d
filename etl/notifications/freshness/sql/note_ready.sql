-- The moment at which a hand-over was first seen, or that there is none; written only when that changes, or
-- when the clock was set back behind it.
update {{ schema | ident }}.freshness
set ready_since = case when :is_ready then clock_timestamp() end
where (ready_since is not null) <> :is_ready or ready_since > clock_timestamp()

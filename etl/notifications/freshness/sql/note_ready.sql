-- Records when a ready hand-over was first seen, or that there is none; written only when that changes, or when the
-- clock was set back to before it. The first call makes the row: from then on hand-overs are watched.
with first_call as (
    insert into {{ schema | ident }}.freshness (ready_since)
    select case when :is_ready then clock_timestamp() end
    where not exists (select from {{ schema | ident }}.freshness)
    on conflict do nothing
)
update {{ schema | ident }}.freshness
set ready_since = case when :is_ready then clock_timestamp() end
where (ready_since is not null) <> :is_ready or ready_since > clock_timestamp()

-- It is over: those that were notified of it, or are in this moment, are notified of its end.
update {{ schema | ident }}.alert
set over_at = clock_timestamp(), attempts = 0, sending_until = null,
    unsent = notified || case when sending_until > clock_timestamp() then unsent else '{}' end
where kind = :kind and over_at is null
  and (cast(:subjects as text[]) is null or subject = any(cast(:subjects as text[])))
  and subject <> all(cast(:kept as text[]))

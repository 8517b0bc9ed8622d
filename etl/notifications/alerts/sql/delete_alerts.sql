-- What is over, and has been sent to all or cannot be sent.
delete from {{ schema | ident }}.alert
where over_at is not null
  and (cardinality(unsent) = 0 or (attempts >= 5 and coalesce(sending_until <= clock_timestamp(), true)))

-- Readers that have not confirmed for long: nothing is kept for them any more, and their next delivery is a full one.
update {{ store_schema | ident }}.reader
set retired_at = clock_timestamp(), from_position = null, upto_position = null
where retired_at is null and (from_position is not null or upto_position is not null)
  and greatest(added_at, asked_at, taken_at) < clock_timestamp() - make_interval(days => :days)
returning schema_name, reader

-- What the unit brought it has looked up itself: links after all instances. So nothing below the oldest transaction
-- that still runs need be looked up again, unless the changes of another unit came meanwhile.
{% from "journal_id.jinja" import journal_id %}
update {{ schema | ident }}.reference_position p
set position = greatest(p.position, pg_snapshot_xmin(pg_current_snapshot()))
from {{ schema | ident }}.unit mine
where mine.number = :unit and p.place = {{ journal_id(schema) }}
  and not exists (
      select
      from {{ schema | ident }}.unit other
      where other.number <> mine.number and (other.closed_by is null or other.closed_by >= mine.begun_after)
  )
{% if only_some %}
  -- Where another transaction does the same, it is left to that one: this one would wait for its end.
  and p.ctid = any(array(
      select l.ctid
      from {{ schema | ident }}.reference_position l
      join unnest(cast(:bos as text[]), cast(:fields as text[]), cast(:targets as text[])) as s (bo, field, target_bo)
          on s.bo = l.bo and s.field = l.field and s.target_bo = l.target_bo
      for update of l skip locked
  ))
{% endif %}

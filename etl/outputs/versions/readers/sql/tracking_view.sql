-- What each reader was given and has confirmed; each role sees its own readers, also one that a session has taken on.
{% from "own_readers.jinja" import own_readers %}
create view {{ reader_schema | ident }}.reader_tracking with (security_barrier) as
select r.reader, r.delivery, r.from_position, r.upto_position,
    r.upto_position is not null and r.from_position is null as is_full, r.asked_at, r.taken_at, r.retired_at
from {{ own_readers(store_schema, schema_name) }}
  and pg_catalog.pg_has_role(current_user, b.oid, 'member')

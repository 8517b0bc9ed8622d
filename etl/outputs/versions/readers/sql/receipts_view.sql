-- What each delivery had, for its reader.
{% from "own_readers.jinja" import own_readers %}
create view {{ reader_schema | ident }}.reader_receipts with (security_barrier) as
select p.reader, p.delivery, p.table_name, p.from_position, p.upto_position, p.changed, p.removed, p.asked_at,
    p.taken_at
from {{ store_schema | ident }}.reader_receipt p
where p.schema_name = {{ schema_name | literal }}
  and p.reader in (select r.reader from {{ own_readers(store_schema, schema_name) }})

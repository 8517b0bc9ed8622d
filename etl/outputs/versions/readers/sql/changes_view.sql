-- The ids of one table that a reader is given: rows that changed, and rows that left, after what it has confirmed and
-- up to what it asked for. What changes later leaves the delivery and is in the next one, so that no row is newer than
-- it. A full delivery has every row but those.
{% from "own_readers.jinja" import own_readers %}
{% set row = out_schema | ident ~ "." ~ (table | ident) %}
create view {{ reader_schema | ident }}.{{ view | ident }} as
select r.reader, c.position, c.id as {{ columns[0] | ident }},
{% if columns[1:] %}
    c.target as {{ columns[1] | ident }},
{% endif %}
    o.{{ columns[0] | ident }} is null as is_removed
from (select r.* from {{ own_readers(store_schema, schema_name) }}) r
join {{ store_schema | ident }}.reader_change c
    on c.schema_name = r.schema_name and c.table_name = {{ table_name | literal }}
    and c.position > r.from_position and c.position <= r.upto_position
left join {{ row }} o
    on o.{{ columns[0] | ident }} = c.id{{ " and o.%s = c.target" | format(columns[1] | ident) if columns[1:] }}

union all
select r.reader, r.upto_position, {{ columns | idents("o") | comma_list }}, false
from (select r.* from {{ own_readers(store_schema, schema_name) }}) r
cross join {{ row }} o
where r.from_position is null and r.upto_position is not null
  and not exists (
      select from {{ store_schema | ident }}.reader_change c
      where c.schema_name = {{ schema_name | literal }} and c.table_name = {{ table_name | literal }}
        and c.id = o.{{ columns[0] | ident }}
{% if columns[1:] %}
        and c.target = o.{{ columns[1] | ident }}
{% endif %}
        and c.position > r.upto_position
  )

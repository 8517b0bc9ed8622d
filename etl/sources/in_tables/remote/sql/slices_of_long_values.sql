-- The long values of the rows that rows_of_task has locked, in slices. Of a value that is refused for its length only
-- the beginning is copied, which the error shows. `offset 0`: a value is unpacked once, not for each slice.
{% from "row_of_task.jinja" import is_row_of_task %}
{% for column in long %}
{% set value = "i." ~ (column.name | ident) %}
{% set bytes = "convert_to(" ~ value ~ ", 'UTF8')" if column.catalog_type == "text"
    else value ~ " || cast('' as bytea)" %}
{{ "union all" if not loop.first }}
select i.ctid, {{ loop.index0 }}, s.n, substr(whole.bytes, s.n * {{ slice_bytes }} + 1, {{ slice_bytes }})
from {{ in_schema | ident }}.{{ table | ident }} i
cross join lateral (select {{ bytes }} as bytes offset 0) whole
cross join lateral generate_series(0, (octet_length(whole.bytes) - 1) / {{ slice_bytes }}) as s (n)
where octet_length({{ value }}) > {{ inline_bytes }} and octet_length({{ value }}) <= :max_value_bytes
  and {{ is_row_of_task(kind, chunk) }}
{% if column.catalog_type == "text" %}
union all
select i.ctid, {{ loop.index0 }}, -1, convert_to(left({{ value }}, 200), 'UTF8')
from {{ in_schema | ident }}.{{ table | ident }} i
where octet_length({{ value }}) > {{ inline_bytes }} and octet_length({{ value }}) > :max_value_bytes
  and {{ is_row_of_task(kind, chunk) }}
{% endif %}
{% endfor %}

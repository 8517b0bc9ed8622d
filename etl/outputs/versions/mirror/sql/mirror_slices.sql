-- The long values, in slices: a row of COPY is one message, which libpq holds in memory. `offset 0`: a value is
-- unpacked once, not for each slice.
{% from "window.jinja" import window %}
{% from "mirror.jinja" import changed %}
{% for column in long %}
{{ "union all" if not loop.first }}
select g._id, {{ loop.index0 }}, s.n, substr(whole.bytes, s.n * {{ slice_bytes }} + 1, {{ slice_bytes }})
from {{ schema | ident }}.{{ golden | ident }} g
cross join lateral (select convert_to(g.{{ column.name | ident }}, 'UTF8') as bytes offset 0) whole
cross join lateral generate_series(0, (octet_length(whole.bytes) - 1) / {{ slice_bytes }}) as s (n)
where octet_length(g.{{ column.name | ident }}) > {{ inline_bytes }} and {{ changed(schema, is_link, is_all, window) }}
{% endfor %}

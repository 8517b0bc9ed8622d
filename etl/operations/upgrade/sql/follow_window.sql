-- Copies what is after the one position, and not after the other.
insert into {{ schema | ident }}.{{ target | ident }} ({{ columns | idents | comma_list }})
select {{ columns | idents | comma_list }}
from {{ schema | ident }}.{{ source | ident }} s
{% if follow == "number" %}
where s.{{ number | ident }} > cast(:position as bigint) and s.{{ number | ident }} <= cast(:upto as bigint)
{% else %}
-- Of transactions that the one snapshot does not see, and the other does.
where (
        s.written_by >= pg_snapshot_xmax(cast(:position as pg_snapshot))
        or s.written_by = any(cast(string_to_array(split_part(:position, ':', 3), ',') as xid8[]))
    )
  and pg_visible_in_snapshot(s.written_by, cast(:upto as pg_snapshot))
{% endif %}

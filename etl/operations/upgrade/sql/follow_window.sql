-- Copies what transactions have written that the one snapshot does not see, and the other does.
insert into {{ schema | ident }}.{{ target | ident }} ({{ columns | idents | comma_list }})
select {{ columns | idents | comma_list }}
from {{ schema | ident }}.{{ source | ident }} s
where (
        s.written_by >= pg_snapshot_xmax(cast(:position as pg_snapshot))
        or s.written_by = any(cast(string_to_array(split_part(:position, ':', 3), ',') as xid8[]))
    )
  and pg_visible_in_snapshot(s.written_by, cast(:upto as pg_snapshot))

-- Copies what some pages of the table have of transactions that the first snapshot sees.
insert into {{ schema | ident }}.{{ target | ident }} ({{ columns | idents | comma_list }})
select {{ columns | idents | comma_list }}
from {{ schema | ident }}.{{ source | ident }} s
where s.ctid >= cast(concat('(', cast(:first_page as bigint), ',0)') as tid)
  and s.ctid < cast(concat('(', cast(:after_page as bigint), ',0)') as tid)
  and pg_visible_in_snapshot(s.written_by, cast(:position as pg_snapshot))

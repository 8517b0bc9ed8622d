-- Copies what some pages of the table have of what is before the first position.
{% from "follow.jinja" import is_before %}
insert into {{ schema | ident }}.{{ target | ident }} ({{ columns | idents | comma_list }})
select {{ columns | idents | comma_list }}
from {{ schema | ident }}.{{ source | ident }} s
where s.ctid >= cast(concat('(', cast(:first_page as bigint), ',0)') as tid)
  and s.ctid < cast(concat('(', cast(:after_page as bigint), ',0)') as tid)
  and {{ is_before("s", follow, number) }}

-- The staged rows in the order of their file; the unique index of the table judges.
insert into {{ schema | ident }}.{{ table | ident }} ({{ columns | idents | comma_list }})
select {{ columns | idents | comma_list }}
from pg_temp.fill_stage
order by _line

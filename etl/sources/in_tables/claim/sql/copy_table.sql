-- The rows alone: no index, no default, no sequence. The table is logged like any other, since it is there for bad days.
create table {{ in_schema | ident }}.{{ copy | ident }} as
select * from {{ in_schema | ident }}.{{ table | ident }} where in_status = ''

-- The rows alone: no index, no default, no sequence. The table is logged like any other: it must survive a crash.
create table {{ in_schema | ident }}.{{ copy | ident }} as
select * from {{ in_schema | ident }}.{{ table | ident }} where in_status = ''

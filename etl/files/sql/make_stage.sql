-- The file's rows with their lines, for this transaction only.
create temporary table fill_stage on commit drop as
select cast(null as bigint) as _line, {{ columns | idents | comma_list }}
from {{ schema | ident }}.{{ table | ident }}
with no data

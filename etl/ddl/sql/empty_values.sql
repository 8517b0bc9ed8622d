-- How many rows have no value in a column.
select cast(null as text) as value, count(*) as rows, cast(1 as bigint) as in_all
from {{ schema | ident }}.{{ table | ident }}
where {{ column | ident }} is null
having count(*) > 0

-- The values of a column that may be too long for an index, the longest first.
select left(cast(value as text), 200) as value, rows, cast(count(*) over () as bigint) as in_all
from (
    select {{ column | ident }} as value, count(*) as rows
    from {{ schema | ident }}.{{ table | ident }}
    where octet_length(cast({{ column | ident }} as text)) > 2000
    group by 1
) d
order by octet_length(cast(d.value as text)) desc, d.value
limit 20

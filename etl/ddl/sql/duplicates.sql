-- The values of a column that stand more than once, the most frequent first, and how many such values there are in all.
select left(cast(value as text), 200) as value, rows, cast(count(*) over () as bigint) as in_all
from (
    select {{ column | ident }} as value, count(*) as rows
    from {{ schema | ident }}.{{ table | ident }}
    where {{ column | ident }} is not null
    group by 1
    having count(*) > 1
) d
order by rows desc, d.value
limit 20

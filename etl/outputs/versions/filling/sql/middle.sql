-- The approximate middle of a golden table's ids, from a percentage of its pages.
select {{ keys | comma_list }}
from (
    select
        {{ keys | comma_list }},
        row_number() over (order by {{ keys | comma_list }}) as number,
        count(*) over () as total
    from {{ store_schema | ident }}.{{ golden | ident }} tablesample system (:percent)
) sample
where number = (total + 1) / 2

-- About the middle of a golden table's ids, from so many percent of its pages.
select {{ keys | join(", ") }}
from (
    select
        {{ keys | join(", ") }},
        row_number() over (order by {{ keys | join(", ") }}) as number,
        count(*) over () as total
    from {{ store_schema | ident }}.{{ golden | ident }} tablesample system (:percent)
) sample
where number = (total + 1) / 2

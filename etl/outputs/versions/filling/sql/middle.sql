-- The approximate middle of a golden table's ids, from a percentage of its pages.
select {{ keys | join(", ") }}
from (
    select
        {{ keys | join(", ") }},
        row_number() over (order by {{ keys | join(", ") }}) as number,
        count(*) over () as total
    from {{ store_schema | ident }}.{{ golden | ident }} tablesample system (:percent)
) sample
where number = (total + 1) / 2

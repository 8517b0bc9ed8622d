-- About the middle of a golden table's ids, from one page of a hundred; none where so few rows are no help.
select {{ keys | join(", ") }}
from (
    select
        {{ keys | join(", ") }},
        row_number() over (order by {{ keys | join(", ") }}) as number,
        count(*) over () as total
    from {{ store_schema | ident }}.{{ golden | ident }} tablesample system (1)
) sample
where total >= 1000 and number = total / 2

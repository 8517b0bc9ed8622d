-- How many keys of the staged rows the table has already, and how many rows repeat a key of their file.
with keys as (
    select {{ key | idents | comma_list }}, count(*) as rows
    from pg_temp.fill_stage
    where {{ key | idents | each("{0} is not null") | all_of }}
    group by {{ key | idents | comma_list }}
)
select
    count(*) filter (
        where exists (
            select 1 from {{ schema | ident }}.{{ table | ident }} t
            where {{ key | idents | each("t.{0} = k.{0}") | all_of }}
        )
    ) as known,
    cast(coalesce(sum(k.rows - 1), 0) as bigint) as repeated
from keys k

-- How many errors each table has of each code, counted up to a limit: the rest is not worth its time.
{% from "pairs.jinja" import is_seen, of_pair, pairs %}
with recursive {{ pairs(schema, choice) }}
select p.in_table, p.code, c.errors
from pair p
cross join lateral (
    select count(*) as errors
    from (
        select
        from {{ schema | ident }}.err e
        where {{ of_pair(choice, false) }}
        order by e.in_table, e.code, e.run, e.id
        limit :most
    ) r
) c
where c.errors > 0 and {{ is_seen(choice) }}
order by p.in_table, p.code

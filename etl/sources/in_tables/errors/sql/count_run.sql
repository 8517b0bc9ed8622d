-- How many errors of each table and code a run has, by column: pair by pair, of each counted up to a limit. `counted`:
-- how many of the pair that are.
{% from "pairs.jinja" import is_seen, of_pair, pairs %}
with recursive {{ pairs(schema, choice) }}
select p.in_table, p.code, c.column_name, c.severity, c.rows, c.counted
from pair p
cross join lateral (
    select r.column_name, r.severity, count(*) as rows, cast(sum(count(*)) over () as bigint) as counted
    from (
        select e.column_name, e.severity
        from {{ schema | ident }}.err e
        where {{ of_pair(choice, false) }}
        order by e.in_table, e.code, e.run, e.id
        limit :most
    ) r
    group by r.column_name, r.severity
) c
where {{ is_seen(choice) }}
order by c.counted desc, c.rows desc, p.in_table, p.code

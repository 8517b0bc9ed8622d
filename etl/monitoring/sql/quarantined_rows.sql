-- How many rows of a run were rejected unread, by table: counted in the index on table, code and run.
select t.name as in_table, cast(:code as text) as code, c.rows
from unnest(cast(:tables as text[])) t (name)
cross join lateral (
    select count(*) as rows
    from {{ schema | ident }}.err e
    where e.in_table = t.name and e.code = :code and e.run = :run
) c
where c.rows > 0

-- What the stage holds, by what will be done.
select counter, count(*) as rows
from stage
cross join lateral (
    values (_action), (case when _aliased and _action <> 'rejected' then 'aliased' end), (case when _skips then 'skipped' end)
) as c (counter)
where counter is not null
group by counter

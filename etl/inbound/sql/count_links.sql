-- How many rows of the stage have both ends, and how many wait.
select case when owner is null or target is null then 'waiting' else 'present' end as counter, count(*) as rows
from stage
group by 1

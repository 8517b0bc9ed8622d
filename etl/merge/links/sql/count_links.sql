-- The number of staged rows by action.
select
    case
        when fault_column is not null then 'rejected'
        when removed then 'removing'
        when owner is null or target is null then 'waiting'
        else 'present'
    end as counter,
    count(*) as rows
from stage
group by 1

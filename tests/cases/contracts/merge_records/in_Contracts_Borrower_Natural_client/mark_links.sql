-- As mark_rows: only rows that are unchanged since they were staged. Batches of records ask for refused ones alone.
insert into pg_temp.mark (id, in_status)
select s._source_row, case
        when s.fault_column is not null then 'ERROR'
        when not s.removed and (s.owner is null or s.target is null) then 'WAITING'
        else 'DONE'
    end
from stage s

-- As mark_rows: only rows that are unchanged since they were staged. Batches of records ask for refused ones alone.
update in_tables.in_Person_Teams l
set in_status = case
        when s.fault_column is not null then 'ERROR'
        when not s.removed and (s.owner is null or s.target is null) then 'WAITING'
        else 'DONE'
    end
from stage s
where l.ctid = s._source_row and l.xmin = s._version and l.ctid >= cast(:first as tid) and l.ctid < cast(:after as tid)

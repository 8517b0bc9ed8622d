-- Marks the rows that still stand as they were staged; from here on they are locked. A row that the partner has
-- rewritten has another xmin (asked beside ctid, because PostgreSQL does not always ask ctid again after waiting for
-- the partner's lock). The chunk's bounds are asked again, because they tell where in the table to look.
-- Rows that are relayed are locked where they came from, and to note their marks costs a tenth of writing them again.
insert into pg_temp.mark (place, version, in_status, out_id)
select s._place, s._version, case s._action when 'rejected' then 'ERROR' else 'DONE' end, s._instance
from stage s

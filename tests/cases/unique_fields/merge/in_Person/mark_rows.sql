-- Marks the rows that still stand as they were staged; from here on they are locked. A row that the partner has
-- rewritten has another xmin (asked beside ctid, because PostgreSQL does not always ask ctid again after waiting for
-- the partner's lock). The chunk's bounds are asked again, because they tell where in the table to look.
-- Rows that are relayed are locked where they came from, and to note their marks costs a tenth of writing them again.
update in_tables.in_Person i
set in_status = case s._action when 'rejected' then 'ERROR' else 'DONE' end, out_id = coalesce(s._instance, i.out_id)
from stage s
where i.ctid = s._place and i.xmin = s._version and i.id >= :first and i.id < :after

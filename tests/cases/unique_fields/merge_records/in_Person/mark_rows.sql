-- Marks the rows that are unchanged since they were staged; from here on they are locked. A row that the partner has
-- rewritten has another xmin (compared beside ctid, because PostgreSQL does not always check ctid again after waiting
-- for the partner's lock). In the order of the rows' places, so that pages are written one after the other.
-- Relayed rows are locked in the import; noting their marks costs a tenth of updating the copies.
insert into pg_temp.mark (id, in_status, out_id, action)
select s._row, case s._action when 'rejected' then 'ERROR' else 'DONE' end, s._instance, s._action
from stage s

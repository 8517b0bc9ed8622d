-- Marks the rows that are unchanged since they were staged; from here on they are locked. A row that the partner has
-- rewritten has another xmin (compared beside ctid, because PostgreSQL does not always check ctid again after waiting
-- for the partner's lock). In the order of the rows' places, so that pages are written one after the other.
-- Relayed rows are locked in the import; noting their marks costs a tenth of updating the copies.
update in_tables.in_Everything i
set in_status = case s._action when 'rejected' then 'ERROR' else 'DONE' end, out_id = coalesce(s._instance, i.out_id)
from (
    select _source_row, _version, _action, _instance
    from stage
    order by _source_row
) s
where i.ctid = s._source_row and i.xmin = s._version

-- As keep_ended_references: errors of expired references, and messages about rows that were merged by a unique value:
-- at a repetition they match by their ids. All other errors are reported again with their rows.
insert into {{ store_schema | ident }}.remote_err
    (run, seq, row_id, in_table, in_id, column_name, code, message, message_rus, value, severity)
select run, :seq, row_id, in_table, in_id, column_name, code, message, message_rus, value, severity
from pg_temp.err
where (row_id is null and not is_of_link_row) or code = 'MERGED_BY_VALUE'

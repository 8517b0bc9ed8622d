-- As relay_keep_ends: errors of what waited too long. Those of rows come again with the rows.
insert into {{ store_schema | ident }}.relay_err
    (run, seq, in_table, in_id, column_name, code, message, message_rus, value, severity)
select run, :seq, in_table, in_id, column_name, code, message, message_rus, value, severity
from pg_temp.err
where row_id is null and not is_of_link_row

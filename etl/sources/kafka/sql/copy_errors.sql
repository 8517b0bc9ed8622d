-- The errors of a batch, for good.
copy {{ schema | ident }}.err
    (id, run, in_table, row_id, in_id, column_name, code, message, message_rus, value, severity, created_at,
    topic, partition, record_offset, path)
from stdin

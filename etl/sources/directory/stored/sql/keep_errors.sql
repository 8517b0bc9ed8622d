-- The errors of the last merge, for good.
insert into {{ schema | ident }}.err
    (id, run, in_table, row_id, in_id, column_name, code, message, message_rus, value, severity, created_at)
select
    coalesce((select max(id) from {{ schema | ident }}.err where run = :unit), 0)
        + row_number() over (order by row_id, code),
    :unit, '{{ table }}', null, in_id, column_name, code, message, message_rus, value, severity, clock_timestamp()
from pg_temp.err

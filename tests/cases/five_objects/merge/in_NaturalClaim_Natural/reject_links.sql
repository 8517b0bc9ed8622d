-- Rows with an end that can never arrive; the value is that of the target, as in all errors of links.
with rejected as (
    delete from stage where fault_column is not null
    returning
        owner_in_id as in_id, target_value as value,
        fault_column
)
insert into in_tables.err
    (run, in_table, in_id, column_name, code, message, message_rus, value, severity)
select :run, :in_table, r.in_id, r.fault_column, s.code,
    replace(s.sentence ->> 0, '{column}', r.fault_column), replace(s.sentence ->> 1, '{column}', r.fault_column),
    r.value, 'error'
from rejected r
join jsonb_each(cast(:sentences as jsonb)) as s (code, sentence)
    on s.code = 'LINK_END_EMPTY'
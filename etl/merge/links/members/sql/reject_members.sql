-- Links that name instances of several members, or one that can never exist.
{% from "shown_value.jinja" import shown_value %}
insert into pg_temp.err (run, in_table, row_id, in_id, column_name, code, message, message_rus, value, severity)
select :run, :in_table, h.id, h.in_id, h.fault_column, s.code,
    replace(replace(s.sentence ->> 0, '{column}', h.fault_column), '{value}', {{ shown_value("h.shown") }}),
    replace(replace(s.sentence ->> 1, '{column}', h.fault_column), '{value}', {{ shown_value("h.shown") }}),
    h.shown, 'error'
from hit h
join jsonb_each(cast(:sentences as jsonb)) as s (code, sentence) on s.code = h.fault

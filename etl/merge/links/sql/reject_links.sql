-- Rows with an end that can never arrive; the value is that of the target, as in all errors of links.
{% from "shown_value.jinja" import shown_value %}
with rejected as (
    delete from stage where fault_column is not null
    returning
{% if is_staged %}
        _source_row, in_id, fault, shown as value,
{% else %}
        owner_in_id as in_id, target_value as value,
{% endif %}
        fault_column
)
insert into {{ in_schema | ident }}.err
    (run, in_table, in_id, column_name, code, message, message_rus, value, severity
    {{- ", row_id" if is_staged else ", is_of_link_row" if is_relayed }})
select :run, :in_table, r.in_id, r.fault_column, s.code,
{% if is_staged %}
    replace(replace(s.sentence ->> 0, '{column}', r.fault_column), '{value}', {{ shown_value("r.value") }}),
    replace(replace(s.sentence ->> 1, '{column}', r.fault_column), '{value}', {{ shown_value("r.value") }}),
{% else %}
    replace(s.sentence ->> 0, '{column}', r.fault_column), replace(s.sentence ->> 1, '{column}', r.fault_column),
{% endif %}
    r.value, 'error'{{ ", r._source_row" if is_staged else ", true" if is_relayed }}
from rejected r
join jsonb_each(cast(:sentences as jsonb)) as s (code, sentence)
    on s.code = {{ "r.fault" if is_staged else "'LINK_END_EMPTY'" }}

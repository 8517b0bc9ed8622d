-- What is wrong with instances that a merge would not say, or would settle: ids, and rows of one instance.
{% from "faults.jinja" import repeated, bad_id, first_faults %}
with fault as (
    {{ bad_id(rows, "system_id") }}
    union all
    {{ repeated(rows, ["system_id"], "system_id") }}
    union all
    {{ repeated(rows, ["in_id"], "in_id") }}
    union all
    select _line, 'in_id', 'is empty: leave the cell out, or give the id of the partner'
    from pg_temp.{{ rows | ident }}
    where in_id = ''
    union all
    select _line, 'system_state', 'is none of ACTUAL, REMOVED, ARCHIVED and TEST'
    from pg_temp.{{ rows | ident }}
    where system_state not in ('ACTUAL', 'REMOVED', 'ARCHIVED', 'TEST')
{% for column, value in shown_unique.items() %}
    union all
    select _line, {{ column | literal }}, 'is unique, and is already on line ' || first_line || ': correct one of them'
    from (
        select _line, first_value(_line) over (partition by {{ value }} order by _line) as first_line
        from pg_temp.{{ rows | ident }}
        where {{ value }} <> '' and system_state is distinct from 'REMOVED'
    ) f
    where first_line < _line
{% endfor %}
{% if key %}
    union all
    select _line, {{ key | literal }}, 'is not in_id, whose value it has: correct one of them'
    from pg_temp.{{ rows | ident }}
    where {{ key | ident }} <> in_id
{% endif %}
)
{{ first_faults() }}

-- Refuses the rows that give a value whose claim is refused. If none of an instance's rows gives it, the instance wants
-- it back because of its state: then the rows that give the state are refused.
{% from "group_order.jinja" import sets_value %}
{% from "reject_rows.jinja" import reject_rows %}
with
claims as materialized (
    select _row, _group, field, value from value_claim where is_refused
),
several as materialized (
    select d.* from duplicate d join stage s on s._row = d._row and s._action <> 'rejected'
),
claimants as materialized (
    select c._row, c._group, c.field
    from claims c
    where c._row not in (select _row from several)
{% for field in unique %}
    union all
    select d._row, c._group, c.field
    from claims c
    join several d on d._group = c._group and cast({{ field.compared("d." ~ field.column) }} as text) = c.value
    where c.field = '{{ field.short }}' and {{ sets_value(field, "d") }}
{% endfor %}
),
returning_ones as (
    select d._row, c.field
    from (select _group, field from claims except select _group, field from claimants) c
    join several d on d._group = c._group
    where d._given_state <> 'REMOVED' and not d._removed
)
{% set both = "(select _row, field from claimants union all select _row, field from returning_ones) both_kinds" %}
{{ reject_rows(unique, both) }}

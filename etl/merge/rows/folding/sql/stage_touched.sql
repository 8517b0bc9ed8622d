-- What rows of a staged table name, want or have: rows that share any of it are merged in their order.
create temporary table touched on commit drop as
with acting as materialized (
    select * from stage where _action <> 'rejected' or _is_ambiguous
)
select _row, _group as key from acting
union
select _row, 'n' || _in_id from acting where _in_id is not null
-- A row with a new in_id may be of each instance that another row names by it.
union
select r._row, e._group
from acting r
join (select distinct _in_id, _group from acting) e on e._in_id = r._in_id
{% for field in unique %}
{% set value = "coalesce(_wants_%s, _names_%s)" | format(field.short, field.short) %}
union
select _row, 'i' || _holder_{{ field.short }} from acting where _holder_{{ field.short }} is not null
union
select _row, '{{ field.short }} ' || {{ value }} from acting where {{ value }} is not null
-- A row that its values match may be of each instance that gets one of them.
union
select r._row, e._group
from acting r
join (select distinct _wants_{{ field.short }} as value, _group from acting) e on e.value = r._names_{{ field.short }}
{% endfor %}

-- The rows of a staged table whose instance depends on what an earlier row of it does, and with them (see spread_later)
-- the rows behind them: they wait for the next pass, when the store shows that instance.
create temporary table later on commit drop as
with
acting as materialized (
    select * from stage where _action <> 'rejected'
),
asking as materialized (
    select * from stage where _action <> 'rejected' or _is_ambiguous
)
-- One in_id of two instances: the first row with it decides whose it is.
select _row
from (
    select _row, _group, first_value(_group) over (partition by _in_id order by _row) as first_group
    from acting
    where _in_id is not null
) named
where _group <> first_group
{% if creates_ids %}
-- A further external id of an instance that an earlier row makes.
union
select _row
from (
    select _row, _in_id, first_value(_in_id) over (partition by _group order by _row) as first_in_id
    from acting
    where _known is null and _out_id is not null
) made
where _in_id is distinct from first_in_id
{% endif %}
-- The instance is removed before the row, which is to find another one by its values.
union
select r._row
from asking r
join (select _group, min(_row) as _row from acting where _removed group by _group) e
    on e._group = r._group and e._row < r._row
where r._is_weak
{% for field in unique %}
-- Another instance gets a value that is to find the row's.
union
select r._row
from asking r
join (
    select _wants_{{ field.short }} as value, _group, min(_row) as _row
    from acting
    where _wants_{{ field.short }} is not null
    group by 1, 2
) e on e.value = r._names_{{ field.short }} and e._row < r._row and e._group <> r._group
-- The instance that has it gives it up.
union
select r._row
from asking r
join (select _known, min(_row) as _row from acting where _gives_{{ field.short }} group by _known) e
    on e._known = coalesce(r._holder_{{ field.short }}, r._known) and e._row < r._row
where r._names_{{ field.short }} is not null
{% endfor %}

-- Rows without an external id that name one instance by out_id and differ: none of them takes precedence.
{% macro says(alias) -%}
{{ alias }}._in_id is null and {{ alias }}._known is not null and not {{ alias }}._removed
    and {{ alias }}._action <> 'rejected'{{ " and not %s._stale" | format(alias) if time }}
{%- endmacro %}
update stage s
set _action = 'rejected', _fault = 'OUT_ID_TWICE', _instance = null
from (
    select distinct o._known
    from (select distinct on (_known) * from stage i where {{ says("i") }} order by _known, _row) f
    join stage o on o._known = f._known and o._row <> f._row
    where {{ says("o") }} and (
        o._action <> f._action
{% for field in fields %}
        or {{ field.differ("o." ~ field.column, "f." ~ field.column) }}
{% endfor %}
{% for field in waiting %}
        or o._file_{{ field.short }} is distinct from f._file_{{ field.short }}
{% endfor %}
    )
) d
where s._known = d._known and {{ says("s") }}

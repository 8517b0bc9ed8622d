-- Which unique values the rows of the stage want for their instances, as far as another row wants them too or another
-- instance has them; and which row gives them up there.
create temporary table wish on commit drop as
select w._row, w._known, w._in_id, w._is_weak, w.k, w.value, w.holder, h._row as giver, false as is_refused
from (
{% for field in unique %}
{% set k = loop.index0 %}
    {{ "union all" if not loop.first }}
    select _row, _known, _in_id, _is_weak, {{ k }} as k, _wants_{{ k }} as value, _holder_{{ k }} as holder
    from stage
    where _wants_{{ k }} is not null and _action in ('created', 'changed') and (
        _holder_{{ k }} is not null
        or _wants_{{ k }} in (
            select _wants_{{ k }} from stage where _wants_{{ k }} is not null group by _wants_{{ k }} having count(*) > 1
        )
    )
{% endfor %}
) w
left join (
{% for field in unique %}
{% set k = loop.index0 %}
    {{ "union all" if not loop.first }}
    select _row, _known, {{ k }} as k from stage where _gives_{{ k }} and _action in ('changed', 'removed')
{% endfor %}
) h on h._known = w.holder and h.k = w.k

-- Which unique values the rows of the stage want for their instances, as far as another row wants them too or another
-- instance has them; and which row gives them up there.
create temporary table value_claim on commit drop as
select
    w._row, w._known, w._in_id, {{ "w._group, " if is_staged }}w._is_weak, w.field, w.value, w.holder,
    h._row as giver, false as is_refused
from (
{% for field in unique %}
    {{ "union all" if not loop.first }}
    select
        _row, _known, _in_id, {{ "_group, " if is_staged }}_is_weak, '{{ field.short }}' as field,
        _wants_{{ field.short }} as value, _holder_{{ field.short }} as holder
    from stage
    where _wants_{{ field.short }} is not null and _action in ('created', 'changed') and (
        _holder_{{ field.short }} is not null
        or _wants_{{ field.short }} in (
            select _wants_{{ field.short }}
            from stage
            where _wants_{{ field.short }} is not null
            group by _wants_{{ field.short }}
            having count(*) > 1
        )
    )
{% endfor %}
) w
left join (
{% for field in unique %}
    {{ "union all" if not loop.first }}
    select _row, _known, '{{ field.short }}' as field
    from stage
    where _gives_{{ field.short }} and _action in ('changed', 'removed')
{% endfor %}
) h on h._known = w.holder and h.field = w.field

-- The rows of instances that several rows name by their ids, with all their values. In turn 1 is the row that counts: a
-- row with values before one that removes, and the highest external id.
{# By source time one that removes comes first if all with values are older; what counts for nothing takes no part. #}
{% set of_stage %}
{% if time %}
(
    select
        o.*,
        (o._removed and o._time > coalesce(
            max(o._time) filter (where not o._removed) over (partition by o._known), '-infinity'
        )) is not true as _comes_later
    from stage o
    where not o._is_weak and o._action <> 'rejected' and not o._stale
) s
{%- else %}stage s
{%- endif %}
{% endset %}
{% set first = "s._comes_later, s._removed" if time else "s._removed" %}
create temporary table duplicate on commit drop as
select
    s._row, s._known, s._in_id, s._removed, s._action,
    row_number() over (partition by s._known order by {{ first }}, s._in_id desc nulls last, s._row) as _turn,
{% if folding %}
    s._sets_value,
{% endif %}
{% if time %}
    s._time,
{% endif %}
{% for field in unique %}
    s._holder_{{ field.short }},
{% endfor %}
{% for field in fields %}
    case
        when s._action in ('created', 'changed') then s.{{ field.column }}
        else g.{{ field.column }}
    end as {{ field.column }},
{% endfor %}
    g._state as _known_state
from {{ of_stage }}
join {{ store_schema | ident }}.{{ golden | ident }} g on g._id = s._known
where not s._is_weak and s._action <> 'rejected' and s._known in (
    select _known
    from stage
    where not _is_weak and _known is not null and _action <> 'rejected'{{ " and not _stale" if time }}
    group by _known
    having count(*) > 1
)

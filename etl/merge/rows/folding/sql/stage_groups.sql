-- The rows of a staged table that are of one instance with others, with all that each says: what is folded of them is
-- written into the stage, and folded again when one of them is refused.
create temporary table duplicate on commit drop as
select
    s._row, s._group, s._known, s._known_state, s._in_id, s._removed, s._given_state,
{% if folding %}
    s._sets_value,
{% endif %}
{% if ranked %}
    s._ranks,
{% endif %}
{% if time %}
    s._time, s._says_state, s._state_time,
{% endif %}
{% for field in waiting %}
    s._waits_{{ field.short }}, s._file_{{ field.short }}, s._says_{{ field.short }},
{% endfor %}
{% for field in unique %}
    s._holder_{{ field.short }}, s._old_{{ field.short }}, s._gives_{{ field.short }},
{% endfor %}
{% for field in fields %}
    case
        when s._action in ('created', 'changed', 'removed') then s.{{ field.column }}
        else g.{{ field.column }}
    end as {{ field.column }},
{% endfor %}
    s._instance as _new_instance -- last, as an object may have links alone
from stage s
left join {{ store_schema | ident }}.{{ golden | ident }} g on g._id = s._known
where s._action <> 'rejected'{{ " and not s._stale" if time }} and s._group in (
    select _group from stage where _action <> 'rejected'{{ " and not _stale" if time }}
    {{- " " }}group by _group having count(*) > 1
)

-- Fields that rows of this source write and that another one has written, or none yet; usually there are none. Of rows
-- of several topics the one that counts most.
{% from "owners.jinja" import sent_by %}
create temporary table owner_change on commit drop as
select distinct on (w.instance, w.field) w.instance, w.field, w.source{{ ", w.time" if time }}
from (
    select s._instance as instance, v.field, v.source, v.rank, s._row{{ ", v.time" if time }}
    from stage s
{% if is_staged %}
    join {{ in_schema | ident }}.{{ in_table | ident }} i on i.id = s._row
{% endif %}
{% if ranked %}
{{ sent_by(ranked, rank_sql, source_sql) }}
{% endif %}
    cross join lateral (values
{% for field in owned %}
        (s._says[{{ loop.index }}], '{{ field.name }}', {{ source_sql }}, {{ field.ownership.rank }}
            {{- ", s._time" if time }}){{ "," if time or not loop.last }}
{% endfor %}
{% if time %}
        (s._says_state, '_state', {{ source_sql }}, 0, s._state_time)
{% endif %}
    ) as v (says, field, source, rank{{ ", time" if time }})
    where s._action <> 'rejected' and s._instance is not null and v.says{{ " and not s._stale" if time }}
) w
where not exists (
    select from {{ store_schema | ident }}.field_owner f
    where f.bo = :bo and f.instance = w.instance and f.field = w.field and f.source = w.source
        {{- " and f.source_time is not distinct from w.time" if time }}
)
order by w.instance, w.field, w.rank,{{ " w.time desc nulls last," if time }} w._row desc

-- Unique values that change hands are cleared before they are set: a unique index allows no two instances with one
-- value, not even within a statement. The stage has the old values, and takes over the new version. Of
-- instances that another source has changed meanwhile see update_instances; counted are those that were left out.
{% from "unseen.jinja" import is_as_staged %}
with giving as materialized (
    select {{
        (["h._known", "h._known_version"] + (unique | each("bool_or(w.field = '{0.short}') as gives_{0.short}")))
        | comma_list
    }}
    from value_claim w
    join stage s on s._row = w._row and s._action in ('created', 'changed')
    join stage h on h._row = w.giver and h._action = 'changed'
    group by h._known, h._known_version
),
released as (
    update {{ store_schema | ident }}.{{ golden | ident }} g
    set {{ unique | each("{0.column} = case when r.gives_{0.short} then null else g.{0.column} end") | comma_list }}
    from giving r
    where g._id = r._known and {{ is_as_staged("g", "r._known_version") }}
    returning g._id, g.xmin as version
),
noted as (
    update stage s set _known_version = r.version from released r where s._known = r._id
)
select (select count(*) from giving) - (select count(*) from released) as rows

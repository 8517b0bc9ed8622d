-- The number of staged rows by action.
select
    _action as action,
    count(*) as rows,
    count(*) filter (where _aliased and _action <> 'rejected') as aliased,
{% if exact %}
    count(*) filter (where _by is not null and _action <> 'rejected') as merged,
    count(*) filter (where _winner is not null) as overruled,
{% else %}
    0 as merged,
    0 as overruled,
{% endif %}
{% if held or owned %}
{% set kept = (["_lost is not null"] if held else []) + (["_outranked is not null"] if owned else [])
    + (["_late is not null", "_stale%s" | format(" and _winner is null" if exact else "")] if time else [])
    + (["_late_state"] if time and is_staged else []) %}
    count(*) filter (where ({{ kept | join(" or ") }}) and _action <> 'rejected') as held,
{% endif %}
    count(*) filter (where _skips) as skipped
from stage
group by _action

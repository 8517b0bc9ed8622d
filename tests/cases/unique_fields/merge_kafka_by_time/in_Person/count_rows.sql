-- The number of staged rows by action.
select
    _action as action,
    count(*) as rows,
    count(*) filter (where _aliased and _action <> 'rejected') as aliased,
    count(*) filter (where _by is not null and _action <> 'rejected') as merged,
    count(*) filter (where _winner is not null) as overruled,
    count(*) filter (where (_outranked is not null or _late is not null or _stale and _winner is null or _late_state) and _action <> 'rejected') as held,
    count(*) filter (where _skips) as skipped
from stage
group by _action
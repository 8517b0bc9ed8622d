-- The number of staged rows by action.
select
    _action as action,
    count(*) as rows,
    count(*) filter (where _aliased and _action <> 'rejected') as aliased,
    0 as merged,
    0 as overruled,
    count(*) filter (where (_outranked is not null or _late is not null or _stale) and _action <> 'rejected') as held,
    count(*) filter (where _skips) as skipped
from stage
group by _action
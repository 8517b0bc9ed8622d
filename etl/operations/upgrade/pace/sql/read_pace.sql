-- How the fill shall proceed; no row until someone has said it.
select is_paused, speed, changed_by, date_trunc('second', changed_at) as changed_at
from {{ schema | ident }}.fill_pace

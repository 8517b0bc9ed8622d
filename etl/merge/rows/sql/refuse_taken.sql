-- Wishes for what another instance keeps; and for what a row would have given up that is refused itself.
with recursive refused (_row, k) as (
    select _row, k from wish where is_refused or holder is not null and giver is null
    union
    select w._row, w.k from refused r join wish w on w.giver = r._row
)
update wish w
set is_refused = true
from refused f
where f._row = w._row and f.k = w.k and not w.is_refused

-- Refuses claims on values that another instance keeps, or that a refused row would have given up. What is folded of
-- several rows may still give its value up when one of them is refused: that is asked again.
with recursive refused (_row, field) as (
    select _row, field from value_claim where holder is not null and giver is null
    union
    select w._row, w.field
    from refused r
    join value_claim w on w.giver = r._row
    where r._row not in (select _row from duplicate)
)
update value_claim w
set is_refused = true
from refused f
where f._row = w._row and f.field = w.field

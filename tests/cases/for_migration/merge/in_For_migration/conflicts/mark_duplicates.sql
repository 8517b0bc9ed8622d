-- The other rows change nothing by themselves. What of them is not in the store is reported (_winner).
update stage s
set
    _loses = true,
    _action = 'unchanged',
    _holder_mig1 = null,
    _wants_mig1 = null,
    _gives_mig1 = false,
    _winner = case
        when t._removed <> w._removed
            or not t._removed
            and t.mig2 is distinct from case when w._action in ('created', 'changed') then w.mig2 else g.mig2 end
            or not t._removed and t._sets_value[1]
            and t.mig1 is distinct from case when w._action in ('created', 'changed') then w.mig1 else g.mig1 end
        then coalesce(w._in_id, w._out_id)
    end
from duplicate t
join duplicate one on one._known = t._known and one._turn = 1
join stage w on w._row = one._row
join store_demo.bo_For_migration g on g._id = t._known
where s._row = t._row and t._turn > 1
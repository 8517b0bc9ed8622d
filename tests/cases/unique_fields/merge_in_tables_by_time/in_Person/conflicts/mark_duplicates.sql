-- The other rows change nothing by themselves. What of them is not in the store is reported (_winner).
update stage s
set
    _loses = true,
    _action = 'unchanged',
    _stale = t._removed <> w._removed,
    _holder_email = null,
    _wants_email = null,
    _gives_email = false,
    _holder_passport = null,
    _wants_passport = null,
    _gives_passport = false,
    _holder_number = null,
    _wants_number = null,
    _gives_number = false,
    _winner = case
        when t._removed <> w._removed
            or not t._removed and t._sets_value[1]
            and t.email is distinct from case when w._action in ('created', 'changed') then w.email else g.email end
            or not t._removed and t._sets_value[2]
            and t.Passport is distinct from case when w._action in ('created', 'changed') then w.Passport else g.Passport end
            or not t._removed and t._sets_value[3]
            and t.Born is distinct from case when w._action in ('created', 'changed') then w.Born else g.Born end
            or not t._removed and t._sets_value[4]
            and t.Number is distinct from case when w._action in ('created', 'changed') then w.Number else g.Number end
        then coalesce(w._in_id, w._out_id)
    end
from duplicate t
join duplicate one on one._known = t._known and one._turn = 1
join stage w on w._row = one._row
join store_demo.bo_Person g on g._id = t._known
where s._row = t._row and t._turn > 1
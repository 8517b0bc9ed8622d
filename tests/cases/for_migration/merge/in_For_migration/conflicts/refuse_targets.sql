-- An instance whose own row is rejected is no merge target: whether it would have kept the value is unknown.
update stage s
set
    _action = 'rejected', _instance = null
from refused r
where s._is_weak and s._known = r.instance and s._action <> 'rejected'
-- The people of a sync.
copy pg_temp.{{ table | ident }}
    (id, in_id, out_id, _state, _given, _origin{% for field in fields %}, {{ field | ident }}{% endfor %})
from stdin

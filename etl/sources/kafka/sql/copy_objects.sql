-- The objects of a batch that are of one business object.
copy pg_temp.{{ table | ident }}
    (id, in_id, out_id, removed, _state, _given, _origin{% for code in codes %}, {{ code | ident }}{% endfor %})
from stdin

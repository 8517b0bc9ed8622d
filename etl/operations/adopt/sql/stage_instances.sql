-- A chunk of the file as the merge reads rows of a source. Removed instances are written apart: a merge makes none.
insert into pg_temp.{{ staged | ident }}
    (id, in_id, out_id, _state, _origin
    {%- for column in columns %}, {{ column | ident }}{% endfor %})
select
    r._line, r.in_id, r.system_id, r.system_state, :origin || r._line
    {%- for column in columns %}, r.{{ column | ident }}{% endfor %}

from pg_temp.{{ rows | ident }} r
where r._line > :after and r._line <= :upto and r.system_state is distinct from 'REMOVED'

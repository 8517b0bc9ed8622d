-- Codes as the metadata writes them.
update pg_temp.{{ rows | ident }} r
set {{ column | ident }} = c.code
from unnest(cast(:codes as text[])) c (code)
where lower(r.{{ column | ident }}) = lower(c.code) and r.{{ column | ident }} <> c.code

-- The id is that of no instance, so that a row with it would be rejected: it gets another one.
update {{ schema | ident }}.{{ table | ident }}
set in_status = '', out_id = null, occupied_id = null, occupied_at = null
where in_status = 'DONE' and out_id = any(cast(:ids as text[]))

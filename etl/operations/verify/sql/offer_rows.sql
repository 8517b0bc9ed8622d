-- What later runs have read; what they rejected stays as it is.
update {{ schema | ident }}.{{ table | ident }}
set in_status = '', occupied_id = null, occupied_at = null
where in_status = 'DONE' and occupied_id > :after

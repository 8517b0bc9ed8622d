-- The value of the key field is the external id.
update pg_temp.{{ rows | ident }}
set in_id = nullif({{ key | ident }}, '')
where in_id is null and {{ key | ident }} <> ''

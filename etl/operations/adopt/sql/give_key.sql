-- The external id is the value of the key field.
update pg_temp.{{ rows | ident }}
set {{ key | ident }} = in_id
where {{ key | ident }} is distinct from in_id

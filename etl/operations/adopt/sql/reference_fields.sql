-- Of which fields the waiting links are.
select distinct bo_code, field_code, target_bo_code from pg_temp.{{ rows | ident }}

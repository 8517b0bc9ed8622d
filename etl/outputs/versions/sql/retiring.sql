-- Whether the announced day is in the future.
select retire_on, retire_on > current_date as is_early
from {{ store_schema | ident }}.out_version where schema_name = :schema_name

-- The partner's instances of an object, by state.
select _state as state, count(*) as instances
from {{ store_schema | ident }}.{{ table | ident }}
where _in_id ^@ :prefix
group by _state

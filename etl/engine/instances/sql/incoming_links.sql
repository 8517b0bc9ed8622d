-- Whether more links of a field lead to an instance than are looked at one by one.
select count(*) > :most_owners as is_over
from (
    select from {{ store_schema | ident }}.{{ table | ident }} l where l._target = :instance limit :most_owners + 1
) l

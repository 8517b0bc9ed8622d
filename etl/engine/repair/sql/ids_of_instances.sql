-- The external ids by which the instances are known.
select _in_id as in_id, _id as instance
from {{ store_schema | ident }}.{{ golden | ident }}
where _id = any(cast(:instances as text[]) collate "C") and _in_id is not null
union all
select in_id, instance
from {{ store_schema | ident }}.alias
where bo = :bo and instance = any(cast(:instances as text[]) collate "C")

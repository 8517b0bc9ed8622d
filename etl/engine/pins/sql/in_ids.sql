-- External ids of instances.
select _id as id, _in_id as in_id
from {{ schema | ident }}.{{ golden | ident }}
where _id = any(cast(:ids as text[]))

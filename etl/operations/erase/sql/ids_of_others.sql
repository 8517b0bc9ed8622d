-- Which of some external ids other instances have.
select g._in_id as in_id
from {{ store_schema | ident }}.{{ golden | ident }} g
where g._in_id = any(cast(:ids as text[])) and not g._id = any(cast(:instances as text[]))
union
select a.in_id
from {{ store_schema | ident }}.alias a
where a.bo = :bo and a.in_id = any(cast(:ids as text[])) and not a.instance = any(cast(:instances as text[]))

-- Which of some instances are not there.
select t.id
from unnest(cast(:ids as text[])) as t (id)
where not exists (select from {{ schema | ident }}.{{ golden | ident }} g where g._id = t.id)

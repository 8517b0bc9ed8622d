-- Instances that have one of the external ids: their own, or a further one, or had it until they were joined with
-- another one.
select g._id from {{ store_schema | ident }}.{{ golden | ident }} g where g._in_id = any(cast(:in_ids as text[]))
union
select a.instance from {{ store_schema | ident }}.alias a where a.bo = :bo and a.in_id = any(cast(:in_ids as text[]))
union
select j.instance
from {{ store_schema | ident }}.journal j
where j.bo = :bo and j.field is null and j.before ->> '_in_id' = any(cast(:in_ids as text[]))

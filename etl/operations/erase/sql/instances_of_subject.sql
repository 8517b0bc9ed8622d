-- Instances that have one of the external ids by now: their own, or a further one.
select g._id from {{ store_schema | ident }}.{{ golden | ident }} g where g._in_id = any(cast(:in_ids as text[]))
union
select a.instance from {{ store_schema | ident }}.alias a where a.bo = :bo and a.in_id = any(cast(:in_ids as text[]))

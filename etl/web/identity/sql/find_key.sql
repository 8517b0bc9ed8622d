-- What was done under a key of this viewer.
select request_digest, audit_id, begun_at, result
from {{ schema | ident }}.web_action_key
where viewer = :viewer and key_digest = :key_digest

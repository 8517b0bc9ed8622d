-- The result that the same key gets from now on.
update {{ schema | ident }}.web_action_key
set result = cast(:result as jsonb)
where viewer = :viewer and key_digest = :key_digest

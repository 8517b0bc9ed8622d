-- The first to bring a key does the action; others wait here until that one has committed, and then find its row.
insert into {{ schema | ident }}.web_action_key (viewer, key_digest, request_digest, audit_id, alive_at)
values (:viewer, :key_digest, :request_digest, :audit_id, clock_timestamp())
on conflict (viewer, key_digest) do nothing

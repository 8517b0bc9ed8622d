-- The process of these actions lives, and does them.
update {{ schema | ident }}.web_action_key
set alive_at = clock_timestamp()
where audit_id = any(:audit_ids) and result is null

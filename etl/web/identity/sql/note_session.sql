-- It was used now: noted once a minute, not for each request.
update {{ schema | ident }}.web_session
set last_seen_at = clock_timestamp()
where token_digest = :token_digest

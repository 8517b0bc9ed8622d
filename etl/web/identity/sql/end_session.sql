-- A sign-out.
delete from {{ schema | ident }}.web_session where token_digest = :token_digest

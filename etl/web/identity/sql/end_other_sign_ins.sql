-- All sign-ins of a user but the one that asks.
delete from {{ schema | ident }}.web_session where user_name = :user_name and token_digest <> :token_digest

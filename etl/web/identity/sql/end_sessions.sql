-- All sign-ins of a user: the role has changed, or the user is removed.
delete from {{ schema | ident }}.web_session where user_name = :name

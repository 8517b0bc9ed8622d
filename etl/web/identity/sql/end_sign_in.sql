-- One sign-in of a user; that of another one is left alone.
delete from {{ schema | ident }}.web_session where id = :id and user_name = :user_name

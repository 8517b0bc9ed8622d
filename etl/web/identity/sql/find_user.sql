-- A user's password, as it is kept.
select name, password_hash from {{ schema | ident }}.web_user where name = :name

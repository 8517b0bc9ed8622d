-- A user's password, as it is kept, and the language that was chosen last.
select name, password_hash, language from {{ schema | ident }}.web_user where name = :name

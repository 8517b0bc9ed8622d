-- From now on the token means nothing.
delete from {{ schema | ident }}.web_token where name = :name

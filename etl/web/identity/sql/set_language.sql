-- The language that the user has chosen, for the next browser.
update {{ schema | ident }}.web_user set language = :language where name = :name and language <> :language

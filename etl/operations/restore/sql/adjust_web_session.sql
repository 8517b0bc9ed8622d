-- Who was signed in at the original is not signed in here.
delete from {{ schema | ident }}.web_session

-- After a restore, none of the old sign-ins counts.
delete from {{ schema | ident }}.web_session

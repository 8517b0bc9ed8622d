-- The remaining tasks of a stopped run are not performed.
update {{ schema | ident }}.task set state = 'dropped' where run = :run and state in ('todo', 'running')

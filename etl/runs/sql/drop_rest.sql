-- A stopped run does no more of its tasks.
update {{ schema | ident }}.task set state = 'dropped' where run = :run and state in ('todo', 'running')

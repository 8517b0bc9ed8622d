-- A task whose transaction was rolled back is taken again, by anybody.
update {{ schema | ident }}.task
set state = 'todo', owner = null, fence = null, error = :error
where id = :id and owner = :owner and fence = :fence and state = 'running'

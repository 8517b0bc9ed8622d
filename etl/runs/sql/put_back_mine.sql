-- A helper that joins again performs nothing yet, whatever it had begun before.
update {{ schema | ident }}.task
set state = 'todo', owner = null, fence = null
where run = :run and owner = :owner and state = 'running'

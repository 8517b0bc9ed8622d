-- A helper that joins again performs nothing yet, even if it had begun tasks before.
update {{ schema | ident }}.task
set state = 'todo', owner = null, fence = null
where run = :run and owner = :owner and state = 'running'

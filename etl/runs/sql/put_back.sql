-- A task whose transaction was rolled back is taken again, by anybody. One that is not at fault has no strike for it.
update {{ schema | ident }}.task
set state = 'todo', owner = null, fence = null, error = :error, crash_count = crash_count - :excused
where id = :id and owner = :owner and fence = :fence and state = 'running'

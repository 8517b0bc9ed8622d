-- A task whose transaction was rolled back may be taken again by any runner. Its crash count rises only if it was the
-- cause.
update {{ schema | ident }}.task
set state = 'todo', owner = null, fence = null, error = :error, crash_count = crash_count - :excused
where id = :id and owner = :owner and fence = :fence and state = 'running'

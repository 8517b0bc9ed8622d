-- Why a running task waits; overwritten when the task ends.
update {{ schema | ident }}.task
set error = :error
where id = :id and owner = :owner and fence = :fence and state = 'running'

-- Why a task under way waits. Its end, however it comes, writes over it.
update {{ schema | ident }}.task
set error = :error
where id = :id and owner = :owner and fence = :fence and state = 'running'

-- Tasks that a dead owner had taken are free again; its transactions were rolled back.
update {{ schema | ident }}.task
set state = 'todo', owner = null, fence = null
where run = :run and state = 'running' and fence < :fence

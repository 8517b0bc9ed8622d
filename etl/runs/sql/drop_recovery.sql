-- Tasks of a recovery that are not to be performed any more.
update {{ schema | ident }}.task set state = 'dropped'
where kind = any(cast(:kinds as text[])) and state in ('todo', 'running')

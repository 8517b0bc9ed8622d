-- Tasks of a recovery that nobody is to perform any more.
update {{ schema | ident }}.task set state = 'dropped' where kind = :kind and state in ('todo', 'running')

-- After a connection was lost, the run's own row tells whether the run was closed. No row: a new owner has raised the
-- token.
select state, coalesce(message, '') as message
from {{ schema | ident }}.run
where id = :run and fence = :fence

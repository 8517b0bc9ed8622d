-- After a link was lost nobody knows whether the run was closed: its own row does. No row: a new owner has raised the token.
select state, coalesce(message, '') as message
from {{ schema | ident }}.run
where id = :run and fence = :fence

-- A row of a staged table whose state is REMOVED removes its instance, as one with `removed` does.
update pg_temp.in_Person
set removed = true
where _state = 'REMOVED' and removed is not true
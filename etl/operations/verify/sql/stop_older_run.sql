-- The store knows a later run, so that this one cannot continue; the next one claims its rows.
update {{ schema | ident }}.run
set state = 'stopped', finished_at = clock_timestamp(), message = 'restored: the store knows a later run'
where state = 'running' and id < :run

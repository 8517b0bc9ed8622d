-- The milliseconds after which a waiting reader checks for a deadlock with us.
select cast(setting as bigint) as milliseconds from pg_settings where name = 'deadlock_timeout'

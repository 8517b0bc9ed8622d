-- After so many milliseconds of waiting a reader would look whether it waits in a circle with us.
select cast(setting as bigint) as milliseconds from pg_settings where name = 'deadlock_timeout'

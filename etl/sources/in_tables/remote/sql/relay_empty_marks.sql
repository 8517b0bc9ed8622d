-- These are on their way.
truncate pg_temp.mark

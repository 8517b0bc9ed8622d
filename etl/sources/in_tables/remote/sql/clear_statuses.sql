-- These marks have been sent.
truncate pg_temp.mark

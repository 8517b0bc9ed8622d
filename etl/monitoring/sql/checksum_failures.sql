-- Null without checksums.
select datname as database, coalesce(checksum_failures, 0) as failures, checksum_last_failure as last_at
from pg_stat_database
where datname = current_database()

-- What the server is and how careful it is with what is committed; our own transaction settings do not count here.
select
    current_setting('server_version_num')::int as version_number,
    current_setting('server_version') as version,
    pg_is_in_recovery() as is_standby,
    getdatabaseencoding()::text as encoding,
    (
        select jsonb_object_agg(name, coalesce(reset_val, setting)) from pg_catalog.pg_settings
        where name in ('fsync', 'synchronous_commit', 'full_page_writes', 'track_counts', 'autovacuum',
            'default_transaction_read_only', 'session_replication_role')
    ) as settings

-- For how many locks the server has room, without what is for its own processes, and how many relations (tables with
-- their TOAST tables, indexes, sequences, views) some schemas have.
select cast(current_setting('max_locks_per_transaction') as int) as locks_per_session,
    cast(current_setting('max_connections') as int) + cast(current_setting('max_prepared_transactions') as int)
        as sessions,
    (
        select coalesce(sum(case when c.reltoastrelid = 0 then 1 else 3 end), 0)
        from pg_catalog.pg_class c
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where n.nspname = any(cast(:schemas as text[]))
    ) as relations

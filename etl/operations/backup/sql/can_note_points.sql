-- Whether restore points can be noted in the write-ahead log: by a primary, with these privileges.
select pg_is_in_recovery() as is_standby, cast(current_user as text) as role,
    array(
        select f.signature
        from (values ('pg_create_restore_point(text)'), ('pg_switch_wal()')) f (signature)
        where not has_function_privilege('pg_catalog.' || f.signature, 'execute')
    ) as lacking

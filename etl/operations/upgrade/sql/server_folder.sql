-- Where the server's data are, if this role may know, and whether the server is on this machine.
select inet_server_addr() is null or inet_server_addr() = inet_client_addr() as is_local,
    case when pg_has_role('pg_read_all_settings', 'usage') then current_setting('data_directory') end as folder

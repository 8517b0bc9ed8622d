-- Where psql finds the server while it runs.
select
    current_setting('unix_socket_directories') as folder, current_setting('port') as port,
    current_user as username, current_database() as database

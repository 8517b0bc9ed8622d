-- The major version of the server.
select cast(current_setting('server_version_num') as int) / 10000 as major

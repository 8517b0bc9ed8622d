-- Servers before 15 record none.
select current_setting('server_version_num')::int >= 150000 as has_version

-- What a dump is of; the database's clock dates the backup.
select
    cast(current_setting('server_version_num') as int) as version_number, current_setting('server_version') as version,
    pg_encoding_to_char(d.encoding) as encoding, d.datcollate as collate, d.datctype as character_type,
    to_jsonb(d) ->> 'datcollversion' as collation_version, clock_timestamp() as at
from pg_database d
where d.datname = current_database()

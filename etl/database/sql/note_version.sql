-- In the transaction of the migration: from here on this is what decides.
insert into {{ schema | ident }}.etl_schema (part, version, oldest_writer, oldest_reader, made_by)
values (:part, :version, :oldest_writer, :oldest_reader, :made_by)
on conflict (part) do update
set version = excluded.version, oldest_writer = excluded.oldest_writer, oldest_reader = excluded.oldest_reader,
    made_by = excluded.made_by, changed_at = clock_timestamp()

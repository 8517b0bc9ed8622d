-- In the transaction of the migration: from here on this is what decides. What is closed stays so, and a program that
-- was shut out, as by `etl upgrade switch`, stays out.
insert into {{ schema | ident }}.etl_schema as s (part, version, oldest_writer, oldest_reader, made_by)
values (:part, :version, :oldest_writer, :oldest_reader, :made_by)
on conflict (part) do update
set version = excluded.version, oldest_reader = excluded.oldest_reader, made_by = excluded.made_by,
    oldest_writer = s.oldest_writer - s.oldest_writer % {{ held_from }}
        + greatest(s.oldest_writer % {{ held_from }}, excluded.oldest_writer),
    changed_at = clock_timestamp()

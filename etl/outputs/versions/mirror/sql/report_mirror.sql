-- Makes the store keep changes that the mirror has not copied. Recorded after the mirror's commit, it may lag but never
-- lead.
insert into {{ schema | ident }}.out_version (schema_name, code_version, environment_version, journal_position)
values (:mirror, '', '', cast(:upto as pg_snapshot))
on conflict (schema_name) do update set journal_position = excluded.journal_position, followed_at = clock_timestamp()

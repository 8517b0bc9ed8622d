-- A step that a task of a run has done out of turn. Tasks that end at once note theirs one after the other, each beside what
-- the one before has left; the last statement of its transaction, so that nobody waits for long.
update {{ store_schema | ident }}.out_version
set followed_at = clock_timestamp(),
    fill = fill || jsonb_build_object(
        'beside', fill -> 'beside' || to_jsonb(cast(:step as int)),
        'rows', cast(fill -> 'rows' as bigint) + :rows
    )
where schema_name = :schema_name

-- A step that a task of a run has done out of order. Tasks that end at once append theirs one after the other; it is
-- the last statement of its transaction, so that no task waits long.
update {{ store_schema | ident }}.out_version
set followed_at = clock_timestamp(),
    fill = fill || jsonb_build_object(
        'beside', fill -> 'beside' || to_jsonb(cast(:step as int)),
        'rows', cast(fill -> 'rows' as bigint) + :rows
    )
where schema_name = :schema_name

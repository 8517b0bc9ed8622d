-- From here on no program writes: etl_schema says so to each of them.
update {{ schema | ident }}.hold set closed_at = clock_timestamp() where host = '' and closed_at is null

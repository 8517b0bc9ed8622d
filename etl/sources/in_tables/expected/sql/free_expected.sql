-- The rows of a stopped run are about the next hand-over.
update {{ in_schema | ident }}.process_expected set run = null where run = :run

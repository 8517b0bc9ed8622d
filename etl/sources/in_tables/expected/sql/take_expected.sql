-- When a run begins no other run is running: all rows are about this one, also those that a restore has brought back.
update {{ in_schema | ident }}.process_expected set run = :run where run is distinct from :run

-- How far the change is.
update {{ schema | ident }}.online_change set state = :state, changed_at = clock_timestamp() where name = :name

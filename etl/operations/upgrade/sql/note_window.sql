-- In the transaction of the window.
update {{ schema | ident }}.online_change
set next_page = :after_page, rows = rows + :rows, changed_at = clock_timestamp()
where name = :name

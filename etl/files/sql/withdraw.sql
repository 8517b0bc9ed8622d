-- Nothing was loaded to the end: the row that said "loading" must not hold up others.
delete from {{ schema | ident }}.process_tracking where id = :id and load_status = 0

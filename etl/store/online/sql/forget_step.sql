-- As if it had not begun.
delete from {{ schema | ident }}.online_step where name = :name

-- After it the change has not begun, and `etl upgrade start` begins it.
delete from {{ schema | ident }}.online_change where name = :name

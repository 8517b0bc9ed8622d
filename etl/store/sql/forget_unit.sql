-- In the transaction in which it began.
delete from {{ schema | ident }}.unit where number = :number

-- The password was right.
delete from {{ schema | ident }}.ad_try where login = :login

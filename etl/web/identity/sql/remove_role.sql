-- No role in that company any more.
delete from {{ schema | ident }}.web_role where user_name = :name and company = :company

-- Roles and sign-ins leave with the user; the audit keeps the name.
delete from {{ schema | ident }}.web_user where name = :name

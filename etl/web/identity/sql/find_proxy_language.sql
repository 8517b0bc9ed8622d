-- The language that a user of the proxy has chosen last.
select language from {{ schema | ident }}.web_proxy_user where name = :name

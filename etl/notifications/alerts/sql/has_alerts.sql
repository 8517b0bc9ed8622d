-- Whether the table has been made.
select to_regclass('{{ schema | ident }}.alert') is not null as is_there

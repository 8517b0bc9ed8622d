-- One look at the catalog.
select to_regclass('{{ schema | ident }}.mirror') is not null as exists

-- Reads the catalog only.
select to_regclass('{{ schema | ident }}.mirror') is not null as exists

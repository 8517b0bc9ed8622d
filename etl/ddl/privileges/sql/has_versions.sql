-- A store that no run has made yet has no list of versions.
select pg_catalog.to_regclass('{{ store_schema | ident }}.out_version') is not null as is_there

-- A store that was never written to, or is to be upgraded, remembers nothing.
select to_regclass('{{ schema | ident }}.ad_refusal') is not null as is_there

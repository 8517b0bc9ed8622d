-- When the run began, by the database's clock (a later owner uses the same time), and which tables of a partner's
-- expectations are there: in_ schemas of older versions lack them until their DDL is applied.
select
    started_at,
    to_regclass('{{ schema | ident }}.process_expected') is not null as has_expected,
    to_regclass('{{ schema | ident }}.process_compare') is not null as has_compare
from {{ schema | ident }}.run
where id = :run

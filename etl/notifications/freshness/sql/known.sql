-- Which of the tables that say something are there.
select
    to_regclass('{{ schema | ident }}.run') is not null as has_run,
    to_regclass('{{ schema | ident }}.freshness_alert') is not null as has_watch

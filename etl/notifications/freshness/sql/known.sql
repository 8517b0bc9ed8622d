-- Which of the tables that are read exist.
select
    to_regclass('{{ schema | ident }}.run') is not null as has_run,
    to_regclass('{{ schema | ident }}.freshness_alert') is not null as has_watch

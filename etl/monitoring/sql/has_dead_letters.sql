-- Whether the tables of records have been made.
select to_regclass('{{ schema | ident }}.kafka_dead_letter') is not null as is_there

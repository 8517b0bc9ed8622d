-- One look at the catalog.
select to_regclass('{{ schema | ident }}.process_tracking') is not null
    and to_regclass('{{ schema | ident }}.runner') is not null
    and to_regclass('{{ schema | ident }}.copy_table_info') is not null as prepared

-- Whether these tables are there: in_ schemas of older versions lack them until their DDL is applied.
select
    to_regclass('{{ in_schema | ident }}.process_expected') is not null as is_there,
    to_regclass('{{ in_schema | ident }}.process_compare') is not null as has_compare

-- Whether the day's copy exists, else whether there is anything to copy; only the first ready row is looked for.
select
    to_regclass('{{ in_schema | ident }}.{{ copy | ident }}') is not null as is_there,
    to_regclass('{{ in_schema | ident }}.{{ copy | ident }}') is null
        and exists (select 1 from {{ in_schema | ident }}.{{ table | ident }} where in_status = '') as has_rows

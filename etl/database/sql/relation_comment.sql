-- The comment from when the relation was made; null without one.
select obj_description(to_regclass('{{ schema | ident }}.{{ relation | ident }}'), 'pg_class') as comment

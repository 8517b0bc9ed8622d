-- See index_history.
create index if not exists {{ target | ident }}_instance on {{ schema | ident }}.{{ target | ident }} (instance)
where change <> 'touched'

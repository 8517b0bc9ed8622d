-- See index_history.
create index if not exists {{ (target ~ "_instance") | ident }} on {{ schema | ident }}.{{ target | ident }} (instance)
where change <> 'touched'

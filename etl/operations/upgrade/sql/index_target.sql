-- See the migrations of the store.
create index if not exists {{ (target ~ "_target") | ident }} on {{ schema | ident }}.{{ target | ident }} (target)
where change = 'unlinked'

-- See the migrations of the store.
create index if not exists {{ target | ident }}_target on {{ schema | ident }}.{{ target | ident }} (target)
where change = 'unlinked'

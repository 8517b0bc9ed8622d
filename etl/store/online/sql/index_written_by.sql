-- See the migrations of the store.
create index if not exists {{ target | ident }}_written_by on {{ schema | ident }}.{{ target | ident }} (written_by)

-- See the migrations of the store.
create index if not exists {{ (target ~ "_written_by") | ident }}
on {{ schema | ident }}.{{ target | ident }} (written_by)

-- Asked for first: `create index if not exists` would wait for all who write, also where the index is there.
select to_regclass('{{ schema | ident }}.ad_guid_of_person') is not null as is_there

-- kind: offline
-- oldest_writer: 1
-- oldest_reader: 1
-- A comment for people.
comment on table {{ schema | ident }}.mirror is
    'How much of the store in another database is mirrored here, up to which moment of it.'

-- kind: additive
-- oldest_writer: 4
-- oldest_reader: 4
-- What decides how the owner of a partition reads a record, and which owner that is: an older program takes partitions
-- without writing it. Two owners that differ would read one record in two ways.
alter table {{ schema | ident }}.kafka_position add column reading_settings jsonb;
-- For people.
comment on column {{ schema | ident }}.kafka_position.reading_settings is
    'How the owner reads records: configuration keys and their values, and a digest of the metadata.'

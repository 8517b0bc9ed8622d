-- kind: additive
-- oldest_writer: 1
-- oldest_reader: 1
-- Not pins alone hold values back.
comment on column {{ schema | ident }}.migration_receipt.held is
    'Rows of which a value was not written, as the one that is there counts more; err names the values, and says why.'

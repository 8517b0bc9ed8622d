-- kind: additive
-- oldest_writer: 1
-- oldest_reader: 1
-- Rows that brought another value than a field is pinned to.
alter table {{ schema | ident }}.migration_receipt add column held bigint not null default 0;
-- Partners read the table.
comment on column {{ schema | ident }}.migration_receipt.held is
    'Rows of which a value was not written, as a person has pinned the field; err names the values.'

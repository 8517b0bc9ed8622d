-- kind: additive
-- oldest_writer: 1
-- oldest_reader: 1
-- Who this import is at the store: another one than any other import, also of this name in another database, and still
-- the same one after a restore.
alter table {{ schema | ident }}.run_fence
    add column source varchar(63) not null default 'in_tables ' || gen_random_uuid();
-- See above.
comment on column {{ schema | ident }}.run_fence.source is
    'The name of this import in the table store_fence of the store.'

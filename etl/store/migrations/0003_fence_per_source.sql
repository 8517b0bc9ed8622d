-- kind: offline
-- oldest_writer: 3
-- oldest_reader: 1
-- One fence for each source, so that several work on the store at once without shutting each other out. The one of before
-- was for an import in another database, whose next run makes it its own (adopt_fence); it goes where none has used it.
delete from {{ schema | ident }}.store_fence where run = 0 and fence = 0;
-- See above.
alter table {{ schema | ident }}.store_fence rename column run to unit;
-- With it go its primary key and its check.
alter table {{ schema | ident }}.store_fence drop column only_row;
-- The row of before.
alter table {{ schema | ident }}.store_fence add column source varchar(63) not null default 'in_tables';
-- Who comes from now on says who it is.
alter table {{ schema | ident }}.store_fence alter column source drop default;
-- See above.
alter table {{ schema | ident }}.store_fence add primary key (source);
-- See above.
comment on table {{ schema | ident }}.store_fence is
    'For each source the unit of work and the fencing token that may write.'

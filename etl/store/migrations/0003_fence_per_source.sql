-- kind: offline
-- oldest_writer: 3
-- oldest_reader: 1
-- One fence for each source, so that several work on the store at once without shutting each other out. The former
-- one was for an import in another database, whose next run takes it over (adopt_fence); deleted where unused.
delete from {{ schema | ident }}.store_fence where run = 0 and fence = 0;
-- See above.
alter table {{ schema | ident }}.store_fence rename column run to unit;
-- With it go its primary key and its check.
alter table {{ schema | ident }}.store_fence drop column only_row;
-- The row that is there is of the in_ tables.
alter table {{ schema | ident }}.store_fence add column source varchar(63) not null default 'in_tables';
-- From now on each source gives its name.
alter table {{ schema | ident }}.store_fence alter column source drop default;
-- See above.
alter table {{ schema | ident }}.store_fence add primary key (source);
-- See above.
comment on table {{ schema | ident }}.store_fence is
    'For each source the unit of work and the fencing token that may write.'

-- Beside a store whose import is in another database: the tasks of the running run that are committed here, whether or
-- not they are in the import. Rows of old runs are deleted when a run begins.
create table if not exists {{ store_schema | ident }}.relay_task (
    run bigint not null,
    seq int not null,
    counters jsonb not null,
    primary key (run, seq)
);
-- See relay_keep_ends.
create table if not exists {{ store_schema | ident }}.relay_mark (
    run bigint not null,
    seq int not null,
    owner_in_id varchar(100) not null,
    target_in_id varchar(100) not null,
    in_status varchar(20) not null
);
-- Read by task.
create index if not exists relay_mark_task on {{ store_schema | ident }}.relay_mark (run, seq);
-- See relay_keep_errors.
create table if not exists {{ store_schema | ident }}.relay_err (
    run bigint not null,
    seq int not null,
    in_table varchar(63) not null,
    in_id varchar(100),
    column_name varchar(63),
    code varchar(32) not null,
    message text not null,
    message_rus text not null,
    value text,
    severity varchar(8) not null
);
-- The row of the error, for rows that a repeated task does not find again.
alter table {{ store_schema | ident }}.relay_err add column if not exists row_id bigint;
-- Read by task.
create index if not exists relay_err_task on {{ store_schema | ident }}.relay_err (run, seq)

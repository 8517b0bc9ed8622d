-- One row per fault; codes are stable (etl/merge/errors/catalogue.py).
create table if not exists {{ in_schema | ident }}.err (
    id bigserial primary key,
    run bigint not null,
    in_table varchar(63) not null,
    row_id bigint,
    in_id varchar(100),
    column_name varchar(63),
    code varchar(32) not null,
    message text not null,
    message_rus text not null,
    value text,
    severity varchar(8) not null,
    created_at timestamp with time zone not null default clock_timestamp()
);
-- Errors are read by run, the newest first.
create index if not exists err_run on {{ in_schema | ident }}.err (run, id);
-- Whether a missing instance was rejected is looked up by its external id.
create index if not exists err_in_id on {{ in_schema | ident }}.err (in_table, in_id);
-- The result of each run by table; the partner may read it.
create table if not exists {{ in_schema | ident }}.migration_receipt (
    run bigint not null,
    in_table varchar(63) not null,
    ordinal int not null,
    claimed bigint not null,
    created bigint not null,
    changed bigint not null,
    unchanged bigint not null,
    removed bigint not null,
    rejected bigint not null,
    waiting bigint not null,
    vanished bigint not null,
    released bigint not null,
    finished_at timestamp with time zone not null default clock_timestamp(),
    primary key (run, in_table)
);
-- Columns of later versions. merged: the changed and unchanged rows that were matched by a unique value.
alter table {{ in_schema | ident }}.migration_receipt add column if not exists merged bigint not null default 0;
-- Some rows of err are an information about a row without a fault.
alter table {{ in_schema | ident }}.err drop constraint if exists err_severity_check;
-- See above.
alter table {{ in_schema | ident }}.err add constraint err_severity_check
    check (severity in ('error', 'warning', 'info')) not valid;
-- The day's copies that exist (guide, in_migration.copy_table_info).
create table if not exists {{ in_schema | ident }}.copy_table_info (
    copy_table varchar(63) primary key,
    in_table varchar(63) not null,
    run bigint not null,
    rows bigint not null,
    copied_at timestamp with time zone not null default clock_timestamp()
)

-- kind: additive
-- oldest_writer: 0
-- oldest_reader: 0
-- The tables beside the in_ tables, as they were before migrations were recorded.
-- Our own rows about runs, beside the marker. The fencing token has a row of its own: tasks lock it `for share`,
-- and a row that the heartbeat updates must not be locked so.
create table {{ schema | ident }}.run (
    id bigint primary key,
    company varchar(63) not null,
    marker int not null,
    owner varchar(64) not null,
    fence bigint not null,
    state varchar(8) not null check (state in ('running', 'done', 'stopped')),
    heartbeat_at timestamp with time zone,
    started_at timestamp with time zone not null default clock_timestamp(),
    finished_at timestamp with time zone,
    message text
);
-- Let a constraint be the judge: one running run, whatever the code believes.
create unique index run_running on {{ schema | ident }}.run ((true)) where state = 'running';
-- The fencing token.
create table {{ schema | ident }}.run_fence (
    only_row bool primary key default true check (only_row),
    fence bigint not null default 0
);
-- Its one row.
insert into {{ schema | ident }}.run_fence default values;
-- The runners of a run: its owner, and the helpers that joined it. `heartbeat_at` is a helper's own lease; null
-- for the owner, whose lease is the run's, and for a helper that has left or was dismissed. `pinned`: see engine/pinned.py.
create table {{ schema | ident }}.runner (
    run bigint not null references {{ schema | ident }}.run on delete cascade on update cascade,
    owner varchar(64) not null,
    fence bigint not null,
    host varchar(253) not null,
    pid int not null,
    pinned varchar(64) not null,
    joined_at timestamp with time zone not null default clock_timestamp(),
    heartbeat_at timestamp with time zone,
    primary key (run, owner)
);
-- A unit of a run's work. `attempts` is counted when it is taken, so a task that kills its runner is seen; so are
-- `strikes`, those of the attempts that nothing but the task explains.
create table {{ schema | ident }}.task (
    id bigserial primary key,
    run bigint not null,
    seq int not null,
    stage int not null,
    kind varchar(32) not null,
    title text not null,
    in_table varchar(63) not null default '',
    lane varchar(130) not null default '',
    first_position bigint,
    after_position bigint,
    claimed_rows bigint not null default 0,
    state varchar(16) not null default 'todo'
        check (state in ('todo', 'running', 'done', 'quarantined', 'dropped')),
    owner varchar(64),
    fence bigint,
    attempts int not null default 0,
    strikes int not null default 0,
    counters jsonb not null default '{}',
    error text,
    created_at timestamp with time zone not null default clock_timestamp(),
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    unique (run, seq)
);
-- One row per fault; codes are stable (etl/merge/errors/catalogue.py).
create table {{ schema | ident }}.err (
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
-- Errors are asked for by run, the newest first.
create index err_run on {{ schema | ident }}.err (run, id);
-- Whether a missing instance was rejected is asked by its external id.
create index err_in_id on {{ schema | ident }}.err (in_table, in_id);
-- What became of the rows of each table, run by run; the partner may read it. merged: of the changed and unchanged rows
-- those that a unique value led to their instance.
create table {{ schema | ident }}.migration_receipt (
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
    merged bigint not null default 0,
    primary key (run, in_table)
);
-- Some rows of err say what became of a row that has no fault.
alter table {{ schema | ident }}.err add constraint err_severity_check
    check (severity in ('error', 'warning', 'info')) not valid;
-- The day's copies that exist (guide, in_migration.copy_table_info).
create table {{ schema | ident }}.copy_table_info (
    copy_table varchar(63) primary key,
    in_table varchar(63) not null,
    run bigint not null,
    rows bigint not null,
    copied_at timestamp with time zone not null default clock_timestamp()
)

-- The fixed tables of a golden store. Tables of business objects begin with bo_, of link fields with link_, so none of
-- these names can meet a code.
create table if not exists {{ schema | ident }}.journal (
    n bigserial not null,
    written_by xid8 not null default pg_current_xact_id(),
    run bigint,
    bo varchar(63) not null,
    field varchar(63),
    instance varchar(16) collate "C" not null,
    target varchar(16) collate "C",
    change varchar(8) not null,
    before jsonb
);
-- Readers ask for what transactions after a snapshot wrote, cleaning for the oldest. `n` is for the order of one instance's
-- changes; an index on it would cost every change as much as its row.
create index if not exists journal_written_by on {{ schema | ident }}.journal (written_by);
-- The highest number that a unit of work on this store (a run, an undo) has had: numbers only rise, even if clocks are
-- set back.
create table if not exists {{ schema | ident }}.unit_number (
    only_row bool primary key default true check (only_row),
    highest bigint not null
);
-- Further external ids of an instance, beside the one in its own row.
create table if not exists {{ schema | ident }}.alias (
    bo varchar(63) not null,
    in_id varchar(100) collate "C" not null,
    instance varchar(16) collate "C" not null,
    run bigint not null,
    primary key (bo, in_id)
);
-- By which ids an instance is known: asked for the owners of a replaced set of links.
create index if not exists alias_instance on {{ schema | ident }}.alias (instance);
-- Links whose end has not arrived (guide, in_migration.boi_reference).
create table if not exists {{ schema | ident }}.boi_reference (
    bo varchar(63) not null,
    field varchar(63) not null,
    target_bo varchar(63) not null,
    owner_in_id varchar(100) collate "C" not null,
    target_in_id varchar(100) collate "C" not null,
    linked_at timestamp with time zone not null,
    run bigint not null,
    waiting_since timestamp with time zone not null default clock_timestamp(),
    primary key (bo, field, target_bo, owner_in_id, target_in_id)
);
-- Arrivals ask who waits for them, the clock asks who has waited too long.
create index if not exists boi_reference_target on {{ schema | ident }}.boi_reference (bo, field, target_bo, target_in_id);
-- See above.
create index if not exists boi_reference_waiting_since on {{ schema | ident }}.boi_reference (waiting_since);
-- Up to where links that wait have been looked up for what arrived: for the instances that transactions before `position`
-- created. A transaction number means nothing without its server: `place` says which server, database and journal it is of.
create table if not exists {{ schema | ident }}.links_served (
    only_row bool primary key default true check (only_row),
    place text,
    position xid8
);
-- Its one row.
insert into {{ schema | ident }}.links_served default values on conflict do nothing;
-- One copy per content; `sha256` is the judge. The name is that of its first file.
create table if not exists {{ schema | ident }}.file_storage (
    _id varchar(16) collate "C" primary key,
    sha256 bytea not null unique,
    file_name varchar(300),
    mime_type varchar(100),
    content bytea not null,
    stored_at timestamp with time zone not null default clock_timestamp()
);
-- Files as they are named: a content that came under several names is several files, and its bytes are kept once.
create table if not exists {{ schema | ident }}.stored_file (
    _id varchar(16) collate "C" primary key,
    content varchar(16) collate "C" not null,
    file_name varchar(300),
    mime_type varchar(100),
    stored_at timestamp with time zone not null default clock_timestamp()
);
-- One file per content, name and type; null is a name too.
create unique index if not exists stored_file_content on {{ schema | ident }}.stored_file
    (content, coalesce(file_name, ''), coalesce(mime_type, ''), (file_name is null), (mime_type is null));
-- Contents that were stored before names had a table of their own.
insert into {{ schema | ident }}.stored_file (_id, content, file_name, mime_type, stored_at)
select _id, _id, file_name, mime_type, stored_at from {{ schema | ident }}.file_storage
on conflict do nothing;
-- Which stored file a partner's file_id means; it outlives the partner's clearing of in_fileStorage.
create table if not exists {{ schema | ident }}.file_alias (
    file_id varchar(32) collate "C" primary key,
    file varchar(16) collate "C" not null
);
-- Fields whose file has not arrived: one wait per field of an instance.
create table if not exists {{ schema | ident }}.file_reference (
    bo varchar(63) not null,
    field varchar(63) not null,
    instance varchar(16) collate "C" not null,
    file_id varchar(32) collate "C" not null,
    run bigint not null,
    waiting_since timestamp with time zone not null default clock_timestamp(),
    primary key (bo, field, instance)
);
-- Which run an undo has taken back: at most one undo of a run counts, unless that undo is itself taken back.
create table if not exists {{ schema | ident }}.undone_run (
    as_run bigint primary key,
    run bigint not null
);
-- An undo brings waiting links back; every run looks for the ends of these, as they may be there already.
alter table {{ schema | ident }}.boi_reference add column if not exists restored_by bigint;
-- See above.
create index if not exists boi_reference_restored_by on {{ schema | ident }}.boi_reference (restored_by)
where restored_by is not null;
-- Which run gave a file_id its meaning (0: before this was noted).
alter table {{ schema | ident }}.file_alias add column if not exists run bigint not null default 0;
-- What waits no longer, and what ids mean no longer, each with the run that ended it: an undo of that run needs them.
-- What one run both began and ended is not noted. They are cleaned like the journal.
create table if not exists {{ schema | ident }}.ended_reference (
    bo varchar(63) not null,
    field varchar(63) not null,
    target_bo varchar(63) not null,
    owner_in_id varchar(100) collate "C" not null,
    target_in_id varchar(100) collate "C" not null,
    linked_at timestamp with time zone not null,
    run bigint not null,
    waiting_since timestamp with time zone not null,
    ended_by bigint not null
);
-- See above.
create index if not exists ended_reference_ended_by on {{ schema | ident }}.ended_reference (ended_by);
-- See above.
create table if not exists {{ schema | ident }}.ended_file_reference (
    bo varchar(63) not null,
    field varchar(63) not null,
    instance varchar(16) collate "C" not null,
    file_id varchar(32) collate "C" not null,
    run bigint not null,
    waiting_since timestamp with time zone not null,
    ended_by bigint not null
);
-- See above.
create index if not exists ended_file_reference_ended_by on {{ schema | ident }}.ended_file_reference (ended_by);
-- See above.
create table if not exists {{ schema | ident }}.ended_alias (
    bo varchar(63) not null,
    in_id varchar(100) collate "C" not null,
    instance varchar(16) collate "C" not null,
    run bigint not null,
    ended_by bigint not null
);
-- See above.
create index if not exists ended_alias_ended_by on {{ schema | ident }}.ended_alias (ended_by);
-- See above.
create table if not exists {{ schema | ident }}.ended_file_alias (
    file_id varchar(32) collate "C" not null,
    file varchar(16) collate "C" not null,
    run bigint not null,
    ended_by bigint not null
);
-- See above.
create index if not exists ended_file_alias_ended_by on {{ schema | ident }}.ended_file_alias (ended_by);
-- The permanent copy of the runs' errors (guide, COPY_ERR). Ids begin again with an import schema that is created again; runs
-- never do.
create table if not exists {{ schema | ident }}.err (
    id bigint not null,
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
    created_at timestamp with time zone not null,
    primary key (run, id)
);
-- The one row of unit_number. A store that is older than it has numbers already; the journal is read for them only then.
insert into {{ schema | ident }}.unit_number (highest)
select greatest(
    coalesce((select max(run) from {{ schema | ident }}.journal), 0),
    coalesce((select max(run) from {{ schema | ident }}.alias), 0),
    coalesce((select max(run) from {{ schema | ident }}.boi_reference), 0),
    coalesce((select max(run) from {{ schema | ident }}.file_reference), 0),
    coalesce((select max(run) from {{ schema | ident }}.err), 0)
)
where not exists (select from {{ schema | ident }}.unit_number)
on conflict do nothing;
-- What out_ schemas exist, and which part of the journal each has followed.
create table if not exists {{ schema | ident }}.out_version (
    schema_name varchar(63) primary key,
    code_version varchar(16) not null,
    environment_version varchar(16) not null,
    position pg_snapshot not null,
    built_at timestamp with time zone not null default clock_timestamp(),
    followed_at timestamp with time zone not null default clock_timestamp()
);
-- What came later. structure: the tables as they were built (null: not yet noted). place: which server, database and
-- tables the position is of. fill: how far the filling is, null when whole. previous: the version to roll back to.
-- own_scans: scans of its tables by our own followers; reader_scans: all others, as last seen.
alter table {{ schema | ident }}.out_version
    add column if not exists structure jsonb,
    add column if not exists place text,
    add column if not exists fill jsonb,
    add column if not exists whole_at timestamp with time zone,
    add column if not exists is_current bool not null default false,
    add column if not exists current_since timestamp with time zone,
    add column if not exists previous varchar(63),
    add column if not exists view_grants jsonb not null default '{}',
    add column if not exists retire_on date,
    add column if not exists own_scans bigint not null default 0,
    add column if not exists reader_scans bigint not null default 0,
    add column if not exists last_read_at timestamp with time zone;
-- Let a constraint be the judge: one current version.
create unique index if not exists out_version_current on {{ schema | ident }}.out_version ((true)) where is_current

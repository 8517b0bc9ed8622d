-- kind: additive
-- oldest_writer: 0
-- oldest_reader: 0
-- The list of out_ versions, as it was before migrations were recorded.
-- What out_ schemas exist, and which part of the journal each has followed.
-- structure: the tables as they were built (null: not yet noted). place: which server, database and tables the position is
-- of. fill: how far the filling is, null when whole. previous: the version to roll back to. own_scans: scans of its tables
-- by our own followers; reader_scans: all others, as last seen.
create table {{ schema | ident }}.out_version (
    schema_name varchar(63) primary key,
    code_version varchar(16) not null,
    environment_version varchar(16) not null,
    position pg_snapshot not null,
    built_at timestamp with time zone not null default clock_timestamp(),
    followed_at timestamp with time zone not null default clock_timestamp(),
    structure jsonb,
    place text,
    fill jsonb,
    whole_at timestamp with time zone,
    is_current bool not null default false,
    current_since timestamp with time zone,
    previous varchar(63),
    view_grants jsonb not null default '{}',
    retire_on date,
    own_scans bigint not null default 0,
    reader_scans bigint not null default 0,
    last_read_at timestamp with time zone
);
-- Let a constraint be the judge: one current version.
create unique index out_version_current on {{ schema | ident }}.out_version ((true)) where is_current

-- kind: additive
-- oldest_writer: 4
-- oldest_reader: 4
-- People of the directory, by objectGUID: which instance each is, and what the syncs have written. `status_written`:
-- the last status of a sync, or REMOVED where it removed the instance; what others have written stays. `created_by`:
-- the sync that has made the instance; where that was undone, the next one brings the person back.
create table {{ schema | ident }}.ad_person (
    guid varchar(36) collate "C" primary key,
    instance varchar(16) collate "C" not null unique,
    login text not null,
    dn text not null,
    status_written text not null,
    created_by bigint,
    vanished_since timestamp with time zone
);
-- For people.
comment on table {{ schema | ident }}.ad_person is
    'People of the directory (etl ad), by objectGUID; vanished_since: no complete read has had them since.';
-- Groups of the directory by their normalized DN, as groups of the store name it: one that was renamed is still known.
create table {{ schema | ident }}.ad_group (
    role text collate "C" primary key,
    guid varchar(36) collate "C" not null
);
-- For people.
comment on table {{ schema | ident }}.ad_group is
    'Groups of the directory (etl ad), by the DN that a group of the store names.';
-- Syncs with the directory, numbered as units of work. One that is under way has no end and renews its lease;
-- `counts`: changes by kind; `left_out`: login and reason of entries that took no part.
create table {{ schema | ident }}.ad_run (
    run bigint primary key,
    owner varchar(63) not null,
    login text,
    started_at timestamp with time zone not null default clock_timestamp(),
    lease_until timestamp with time zone not null,
    ended_at timestamp with time zone,
    controller text,
    users int not null default 0,
    counts jsonb not null default '{}',
    left_out jsonb not null default '[]',
    result varchar(16) check (result in ('done', 'stopped', 'failed')),
    message text
);
-- For people.
comment on table {{ schema | ident }}.ad_run is
    'Syncs with the directory (etl ad): login is null for those of all users; result is null until the end.';

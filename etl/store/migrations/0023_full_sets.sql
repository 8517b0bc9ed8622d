-- kind: additive
-- oldest_writer: 4
-- oldest_reader: 4
-- Full sets of sources of in_ tables (process_expected): of which objects, and in which run the newest one was taken.
create table {{ schema | ident }}.full_set (
    source varchar(63) not null,
    bo varchar(63) not null,
    run bigint not null,
    primary key (source, bo)
);
-- For people.
comment on table {{ schema | ident }}.full_set is
    'Objects of which a source of in_ tables has handed over a full set, each with the run of the newest one.';
-- The external ids that a source has brought in full sets: what a later one does not have is removed. `run`: the first
-- one that had it; an undo of that run takes its ids back.
create table {{ schema | ident }}.full_set_id (
    source varchar(63) not null,
    bo varchar(63) not null,
    in_id varchar(100) collate "C" not null,
    run bigint not null,
    primary key (source, bo, in_id)
);
-- For people.
comment on table {{ schema | ident }}.full_set_id is
    'External ids that a source of in_ tables has had in its full sets, each with the first run that had it.';
-- Those that an undo has taken back: an undo of the undo needs them. Cleaned like the journal.
create table {{ schema | ident }}.ended_full_set_id (
    source varchar(63) not null,
    bo varchar(63) not null,
    in_id varchar(100) collate "C" not null,
    run bigint not null,
    ended_by bigint not null
);
-- For people.
comment on table {{ schema | ident }}.ended_full_set_id is
    'External ids of full sets that an undo has taken back, each with the undo.';
-- See above.
create index ended_full_set_id_ended_by on {{ schema | ident }}.ended_full_set_id (ended_by)

-- kind: additive
-- oldest_writer: 4
-- oldest_reader: 4
-- Of fields whose metadata name `sources`: which source has written them last. `run`: the unit that made it so.
create table {{ schema | ident }}.field_owner (
    bo varchar(63) not null,
    field varchar(63) not null,
    instance varchar(16) collate "C" not null,
    source text not null,
    run bigint not null,
    primary key (bo, instance, field)
);
-- For people.
comment on table {{ schema | ident }}.field_owner is
    'Which source has written a field last, of fields whose metadata name sources, by their columns in lower case.';
-- See ended_reference: what an undo restores.
create table {{ schema | ident }}.ended_field_owner (
    bo varchar(63) not null,
    field varchar(63) not null,
    instance varchar(16) collate "C" not null,
    source text not null,
    run bigint not null,
    ended_by bigint not null
);
-- See above.
create index ended_field_owner_ended_by on {{ schema | ident }}.ended_field_owner (ended_by);
-- For people.
comment on table {{ schema | ident }}.ended_field_owner is
    'Sources that had written a field before another one did, kept for an undo of the unit that wrote it.'

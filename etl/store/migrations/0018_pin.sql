-- kind: additive
-- oldest_writer: 4
-- oldest_reader: 4
-- Fields that keep the value which a person has given them, whatever sources bring. `source_value`: what the field had
-- before; with `until_changed` a source that brings another value ends the pin. `run`: the unit that pinned it.
create table {{ schema | ident }}.pin (
    bo varchar(63) not null,
    field varchar(63) not null,
    instance varchar(16) collate "C" not null,
    run bigint not null,
    value text,
    source_value jsonb,
    reason text not null,
    pinned_by text not null,
    pinned_at timestamp with time zone not null,
    until_changed bool not null,
    primary key (bo, field, instance)
);
-- All pins of one instance.
create index pin_instance on {{ schema | ident }}.pin (bo, instance);
-- For people.
comment on table {{ schema | ident }}.pin is
    'Fields that keep the value which a person has given them (etl pin), by their columns in lower case.';
-- See ended_reference: what an undo restores.
create table {{ schema | ident }}.ended_pin (
    bo varchar(63) not null,
    field varchar(63) not null,
    instance varchar(16) collate "C" not null,
    run bigint not null,
    value text,
    source_value jsonb,
    reason text not null,
    pinned_by text not null,
    pinned_at timestamp with time zone not null,
    until_changed bool not null,
    ended_by bigint not null
);
-- See above.
create index ended_pin_ended_by on {{ schema | ident }}.ended_pin (ended_by);
-- For people.
comment on table {{ schema | ident }}.ended_pin is 'Pins that ended, kept for an undo of the unit that ended them.';
-- A pin is a unit of a kind of its own.
alter table {{ schema | ident }}.unit drop constraint unit_kind_check;
-- See above.
alter table {{ schema | ident }}.unit
    add constraint unit_kind_check check (kind in ('run', 'undo', 'batch', 'sync', 'adoption', 'pin'));
-- See 0002_units.
comment on table {{ schema | ident }}.unit is
    'Runs, undos, batches, syncs, adoptions and pins on this store: source, times, and what became of their rows.'

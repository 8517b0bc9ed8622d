-- kind: additive
-- oldest_writer: 4
-- oldest_reader: 4
-- That an instance was erased is a unit of a kind of its own: nothing reverts it.
alter table {{ schema | ident }}.unit drop constraint unit_kind_check;
-- See above.
alter table {{ schema | ident }}.unit
    add constraint unit_kind_check check (kind in ('run', 'undo', 'batch', 'sync', 'adoption', 'pin', 'erasure'));
-- See 0002_units.
comment on table {{ schema | ident }}.unit is
    'Runs, undos, batches, syncs, adoptions, pins and erasures on this store: source, times, and what became of rows.';
-- Whose values were erased: the instance, and digests of its external ids. `subject`: what is searched for, as long as
-- the erasure has not ended.
create table {{ schema | ident }}.erasure (
    number bigint primary key,
    bo varchar(63) not null,
    instance varchar(16) collate "C" not null,
    id_digests text[] not null,
    reason text not null,
    erased_by varchar(128) not null,
    begun_at timestamp with time zone not null default clock_timestamp(),
    finished_at timestamp with time zone,
    subject jsonb
);
-- A restore asks whether an instance was erased.
create index erasure_instance on {{ schema | ident }}.erasure (bo, instance);
-- For people.
comment on table {{ schema | ident }}.erasure is
    'Instances whose values were erased; subject: what is still searched for, null once the erasure has ended.'

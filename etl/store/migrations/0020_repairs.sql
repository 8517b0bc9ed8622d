-- kind: additive
-- oldest_writer: 4
-- oldest_reader: 4
-- Instances that were joined, or split, by an operator: a unit of a kind of its own.
alter table {{ schema | ident }}.unit drop constraint unit_kind_check;
-- See above.
alter table {{ schema | ident }}.unit
    add constraint unit_kind_check
    check (kind in ('run', 'undo', 'batch', 'sync', 'adoption', 'pin', 'erasure', 'repair'));
-- See 0002_units.
comment on table {{ schema | ident }}.unit is
    'Runs, undos, batches, syncs, adoptions, pins, erasures and repairs on this store: source, times, and receipt.'

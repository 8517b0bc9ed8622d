-- kind: additive
-- oldest_writer: 4
-- oldest_reader: 4
-- What `etl adopt` loads of an existing installation is a unit of a kind of its own.
alter table {{ schema | ident }}.unit drop constraint unit_kind_check;
-- See above.
alter table {{ schema | ident }}.unit
    add constraint unit_kind_check check (kind in ('run', 'undo', 'batch', 'sync', 'adoption'));
-- See 0002_units.
comment on table {{ schema | ident }}.unit is
    'Runs, undos, batches, syncs and adoptions on this store: their source, their times, and what became of their rows.'

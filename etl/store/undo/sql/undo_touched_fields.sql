-- A field that later runs have given another value no longer waits for its file. The journal is read once.
delete from undo_ended e
using {{ store_schema | ident }}.journal l
where l.bo = e.bo and l.instance = e.instance and l.field is null and jsonb_exists(l.before, e.field)
  and l.run > e.ended_by and l.run <> all(cast(:undone as bigint[])) and l.run <> all(cast(:undos as bigint[]))

-- What an undo restored ends again when the undo is itself undone.
delete from {{ store_schema | ident }}.{{ table | ident }} t
using {{ store_schema | ident }}.{{ ended | ident }} e
where {{ keys | each("e.{0} = t.{0}") | all_of }} and e.run = t.run
  and e.ended_by <> all(cast(:undone as bigint[]))

-- Rows that only undone runs have ended are restored, unless they have come again since.
create temporary table undo_ended on commit drop as
select distinct on ({{ keys | idents("e") | comma_list }}) {{ columns | idents("e") | comma_list }}, e.ended_by
from {{ store_schema | ident }}.{{ ended | ident }} e
where e.ended_by = any(cast(:undone as bigint[])) and e.run <> all(cast(:undone as bigint[]))
  and not exists (
      select from {{ store_schema | ident }}.{{ ended | ident }} o
      where {{ keys | each("o.{0} = e.{0}") | all_of }} and o.run = e.run
        and o.ended_by <> all(cast(:undone as bigint[]))
  )
  and not exists (
      select from {{ store_schema | ident }}.{{ ended | ident }} o
      where {{ keys | each("o.{0} = e.{0}") | all_of }} and o.run > e.ended_by
        and o.run <> all(cast(:undone as bigint[]))
  )
  and not exists (
      select from {{ store_schema | ident }}.{{ table | ident }} t
      where {{ keys | each("t.{0} = e.{0}") | all_of }}
  )
order by {{ keys | idents("e") | comma_list }}, e.run desc, e.ended_by desc

-- What only runs have ended that are taken back: unless it has come again since, it is brought back.
create temporary table undo_ended on commit drop as
select distinct on ({% for key in keys %}{{ ", " if not loop.first }}e.{{ key }}{% endfor %}) {% for column in columns %}e.{{ column }}, {% endfor %}e.ended_by
from {{ store_schema | ident }}.{{ ended | ident }} e
where e.ended_by = any(cast(:undone as bigint[])) and e.run <> all(cast(:undone as bigint[]))
  and not exists (
      select from {{ store_schema | ident }}.{{ ended | ident }} o
      where {% for key in keys %}o.{{ key }} = e.{{ key }} and {% endfor %}o.run = e.run
        and o.ended_by <> all(cast(:undone as bigint[]))
  )
  and not exists (
      select from {{ store_schema | ident }}.{{ ended | ident }} o
      where {% for key in keys %}o.{{ key }} = e.{{ key }} and {% endfor %}o.run > e.ended_by
        and o.run <> all(cast(:undone as bigint[]))
  )
  and not exists (
      select from {{ store_schema | ident }}.{{ table | ident }} t
      where {% for key in keys %}{{ " and " if not loop.first }}t.{{ key }} = e.{{ key }}{% endfor %}

  )
order by {% for key in keys %}e.{{ key }}, {% endfor %}e.run desc, e.ended_by desc

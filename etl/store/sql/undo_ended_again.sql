-- What an undo brought back ends again when the undo is itself taken back.
delete from {{ store_schema | ident }}.{{ table | ident }} t
using {{ store_schema | ident }}.{{ ended | ident }} e
where {% for key in keys %}e.{{ key }} = t.{{ key }} and {% endfor %}e.run = t.run
  and e.ended_by <> all(cast(:undone as bigint[]))

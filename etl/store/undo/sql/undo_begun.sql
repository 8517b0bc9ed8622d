-- Moves away the rows that undone runs began; an undo of the undo needs them.
with gone as (
    delete from {{ store_schema | ident }}.{{ table | ident }} t
    where t.run = any(cast(:undone as bigint[]))
{% if stays_with_later_values %}
      and not exists (
          select from undo_later l
          where l.bo = t.bo and l.field = '' and l.instance = t.instance and t.field = any(l.keys)
      )
{% endif %}
    returning {{ columns | comma_list }}
)
insert into {{ store_schema | ident }}.{{ ended | ident }} ({{ columns | comma_list }}, ended_by)
select {{ columns | comma_list }}, :as_run from gone

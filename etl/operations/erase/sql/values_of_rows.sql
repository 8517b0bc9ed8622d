-- The values of the person's rows in the in_ table; not of rows with the id of another one, as after a split.
{% import "rows.jinja" as rows %}
select v.key as name, v.value #>> '{}' as value
from {{ in_schema | ident }}.{{ table | ident }} t
cross join lateral jsonb_each(to_jsonb(t)) v
where {{ rows.of_person({"unique": unique}) }} and v.value <> 'null'
  and not coalesce({{ rows.among("t.in_id", "others") }}, false)

-- Whether more has changed between two snapshots than the threshold from which reading whole tables is faster. The
-- planner cannot know, as it has no statistics of numbers of transactions.
{% from "window.jinja" import begun_since, under_way, seen %}
select 1 as found
from (
{% for wrote in (begun_since, under_way) %}
    {{ "union all" if not loop.first }}
    (
        select true
        from {{ store_schema | ident }}.journal j
        where {{ wrote("j") }}
          and {{ seen("j") }}
        order by j.written_by
        limit 10001
    )
{% endfor %}
) changes
offset 10000
limit 1

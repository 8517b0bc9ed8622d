-- Whether the journal has more than `rows` changes for this version, of which no more are read; an idle follower, with
-- none, stops here. The order makes the planner walk the index from the window's start; without it, it expects a change
-- early and reads the whole journal in vain.
{% from "window.jinja" import begun_since, under_way, seen %}
{% macro first_change(wrote) -%}
(
    select true
    from {{ store_schema | ident }}.journal j
    where {{ wrote("j") }}
      and {{ seen("j") }}
    order by j.written_by
    offset :rows limit 1
)
{%- endmacro %}
select 1 as found
where {{ [first_change(begun_since), first_change(under_way)] | any_of }}


-- How many rows there are, and how many of them wait, or are links by now.
select count(*) as file_rows, count(*) filter (where exists (
    select from {{ store_schema | ident }}.boi_reference r
    where r.bo = a.bo_code and r.field = a.field_code and r.target_bo = a.target_bo_code
      and r.target_field = a.target_field and r.target_value = a.target_in_id collate "C"
      and (r.owner_in_id = a.in_id collate "C" and a.in_id <> '' or r.owner = a.boi_id and r.owner <> '')
)
{% for link in links %}
    or a.bo_code = {{ link.bo | literal }} and a.field_code = {{ link.field | literal }}
        and a.target_bo_code = {{ link.target | literal }} and a.target_field = '' and exists (
            select
            from {{ store_schema | ident }}.{{ link.golden_link | ident }} l
            join {{ store_schema | ident }}.{{ link.owner_golden | ident }} o on o._id = l._owner
            join {{ store_schema | ident }}.{{ link.target_golden | ident }} t on t._id = l._target
            where l._target_bo = {{ link.target | literal }} and t._in_id = a.target_in_id collate "C"
              and (o._in_id = a.in_id collate "C" or o._id = a.boi_id)
        )
{% endfor %}
) as store_rows
from pg_temp.{{ rows | ident }} a

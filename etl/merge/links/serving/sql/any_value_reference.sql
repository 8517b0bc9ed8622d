-- Whether references of this link table name their targets by unique values.
{% from "reference.jinja" import of_table %}
select 1 as found
from {{ store_schema | ident }}.boi_reference r
where {{ of_table("r") }} and r.target_field <> ''
limit 1

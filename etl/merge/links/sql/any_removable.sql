-- Whether any link of the table waits, or one for any member of the composite.
{% from "reference.jinja" import of_table_or_any %}
select 1 as found
from {{ store_schema | ident }}.boi_reference r
where {{ of_table_or_any("r", has_members) }}
limit 1

-- Whether references of this link table wait that were looked up before: only these wait for what arrives.
{% from "reference.jinja" import of_table %}
select 1 as found
from {{ store_schema | ident }}.boi_reference r
where {{ of_table("r") }} and r.written_by < cast(:unserved_since as xid8)
limit 1

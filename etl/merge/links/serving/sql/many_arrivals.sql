-- Whether more instances or references arrived than the threshold from which reading whole tables is faster.
{% from "reference.jinja" import of_table %}
select 1 as found
from (
    select 1
    from {{ store_schema | ident }}.journal
    where written_by >= cast(:unserved_since as xid8) and field is null and change in ('created', 'returned')
    union all
    select 1
    from {{ store_schema | ident }}.boi_reference r
    where r.written_by >= cast(:unserved_since as xid8) and {{ of_table("r") }}
) arrived
offset 10000
limit 1

-- The objects that changes between two snapshots name.
{% from "window.jinja" import window %}
select distinct j.bo
from {{ store_schema | ident }}.journal j
where {{ window("j") }}

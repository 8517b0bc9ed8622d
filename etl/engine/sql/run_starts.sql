-- When the runs of some days began.
{% from "receipt_start.jinja" import began, within_days %}
select min({{ began("r") }}) as started_at
from {{ in_schema | ident }}.migration_receipt r
where {{ within_days("r") }}
group by r.run

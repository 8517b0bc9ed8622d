-- Whether the journal has anything for this version: an idle follower stops here. The order makes the planner walk the
-- index from the window's start; without it, it hopes to meet a change early and reads the whole journal in vain.
{% from "window.jinja" import window %}
select 1 as found
from {{ store_schema | ident }}.journal j
where {{ window("j") }}
order by j.written_by
limit 1

-- A chunk's claimed rows as they are now, each with its golden instance, its values as read, and its action. Every
-- condition on a row is evaluated once, here. `exact` matches in all ways; without it only by in_id, which suffices for
-- nearly every chunk and costs one join instead of four.
{% from "lookups.jinja" import looked_up %}
{% from "pins.jinja" import pinned_instances %}
create temporary table stage on commit drop as
with
{{ looked_up(lookups, store_schema) }}
{% if held %}
{{ pinned_instances(held, store_schema, golden) }}
{% endif %}
candidates as (
{% include "stage_candidates.jinja" +%}
)
select
{% include "stage_columns.jinja" +%}
from (
{% include "staged_verdicts.jinja" if is_staged else "stage_verdicts.jinja" +%}
) verdicts

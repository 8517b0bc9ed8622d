-- A chunk's claimed rows as they stand now, each with its golden instance, its values as read, and what to do with it.
-- Everything that is asked of a row is asked once, here. `exact` follows all ways to an instance; without it only in_id
-- is followed, which is enough for nearly every chunk and costs one join instead of four.
{% from "lookups.jinja" import looked_up %}
create temporary table stage on commit drop as
with
{{ looked_up(lookups, store_schema) }}
candidates as (
{% include "stage_candidates.jinja" +%}
),
verdicts as (
{% include "stage_verdicts.jinja" +%}
)
select
{% include "stage_columns.jinja" +%}
from verdicts

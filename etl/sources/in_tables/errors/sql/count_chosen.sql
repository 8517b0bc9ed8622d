-- How many errors there are in all or of a run, counted up to a limit; the index on (run, id) has them together.
{% from "pairs.jinja" import within %}
select count(*) as errors
from (
    select from {{ schema | ident }}.err e where {{ within(choice, false) }} order by e.run, e.id limit :most
) r

-- Kinds that are raised and not over, and whether something is still to be told.
select kind, bool_or(over_at is null) as is_raised, bool_or(told_at is null or over_at is not null) as is_untold
from {{ schema | ident }}.freshness_alert
group by kind

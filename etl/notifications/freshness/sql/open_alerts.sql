-- Kinds of open alerts, and whether a notification is still to be sent.
select kind, bool_or(over_at is null) as is_raised, bool_or(sent_at is null or over_at is not null) as is_unsent
from {{ schema | ident }}.freshness_alert
group by kind

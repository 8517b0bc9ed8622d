-- The link rows that were read: their ends as the partner names them, and whether the link was taken away.
select {{ owner_column | ident }}, {{ target_column | ident }},
    coalesce(cast(to_jsonb(l) ->> 'removed' as bool), false)
from {{ schema | ident }}.{{ table | ident }} l
where in_status in ('DONE', 'WAITING')

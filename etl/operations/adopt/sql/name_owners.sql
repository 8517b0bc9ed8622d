-- As rows of in_ tables wait: under the external id of the owner, so that the partner's row is the same link; and since
-- when it has waited.
update {{ store_schema | ident }}.boi_reference r
set owner_in_id = case when a.in_id = '' then r.owner_in_id else a.in_id end,
    owner = case when a.in_id = '' then r.owner else '' end,
    waiting_since = coalesce(a.waiting_since, r.waiting_since)
from pg_temp.{{ rows | ident }} a
where r.run = :unit and r.origin = :origin || a._line

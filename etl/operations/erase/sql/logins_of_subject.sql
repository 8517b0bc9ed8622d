-- What the directory calls the person.
select v.text
from {{ store_schema | ident }}.ad_person p
cross join lateral (values (p.login), (p.dn), (p.guid)) as v (text)
where p.instance = any(cast(:instances as text[])) and v.text <> ''

-- The people whom the last syncs have met.
select guid from {{ schema | ident }}.ad_person where vanished_since is null

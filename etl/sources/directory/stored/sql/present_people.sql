-- The people whom the last syncs have met.
select guid, login from {{ schema | ident }}.ad_person where vanished_since is null

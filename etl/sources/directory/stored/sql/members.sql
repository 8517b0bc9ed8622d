-- The memberships of some people.
select _owner as owner, _target as target
from {{ schema | ident }}.{{ golden_link | ident }}
where _target = any(cast(:people as text[]))

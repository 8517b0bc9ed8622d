-- Groups with their roles as written.
select _id as instance, {{ role_field | ident }} as role
from {{ schema | ident }}.{{ golden | ident }}
where _state = 'ACTUAL'

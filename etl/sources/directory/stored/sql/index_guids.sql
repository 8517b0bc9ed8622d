-- The person of an objectGUID, at each login.
create index if not exists ad_guid_of_person
on {{ schema | ident }}.{{ golden | ident }} (lower(btrim(left({{ guid_field | ident }}, 100))))

-- People who are neither internal nor known by an objectGUID: an entry of their login will adopt them.
select g._id as instance, g.{{ login_field | ident }} as login, count(*) over () as total
from {{ schema | ident }}.{{ golden | ident }} g
where g._state = 'ACTUAL' and g.{{ login_field | ident }} <> '' and strpos(g.{{ login_field | ident }}, '@') = 0
  and lower(btrim(g.{{ login_field | ident }})) <> 'root' and coalesce(g.{{ guid_field | ident }}, '') = ''
  and not exists (select from {{ schema | ident }}.ad_person p where p.instance = g._id)
order by g.{{ login_field | ident }}
limit :limit

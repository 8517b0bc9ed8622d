-- People whom the directory owns or may adopt, or one of them with the holder of the login. Others are internal.
select g._id as instance, g._state as state, p.guid, p.login, p.dn, p.status_written,
    p.vanished_since is not null as is_vanished,
    exists (select from {{ schema | ident }}.undone_run u where u.run = p.created_by) as is_undone,
{% for field in fields %}
    g.{{ field | ident }} as field_{{ loop.index0 }}{{ "," if not loop.last }}
{% endfor %}
from {{ schema | ident }}.{{ golden | ident }} g
left join {{ schema | ident }}.ad_person p on p.instance = g._id
where
{% if only_one %}
    p.guid = :guid or lower(btrim(g.{{ guid_field | ident }})) = :guid
    or lower(g.{{ login_field | ident }}) = lower(:login)
{% else %}
    p.guid is not null or g.{{ guid_field | ident }} <> ''
    or g.{{ login_field | ident }} <> '' and strpos(g.{{ login_field | ident }}, '@') = 0
{% endif %}

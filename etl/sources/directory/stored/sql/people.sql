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
    -- Each part by an index of its own.
    g._id = any(array(
        select instance from {{ schema | ident }}.ad_person where guid = :guid
        union all
        select instance from {{ schema | ident }}.ad_person where lower(login) = lower(:login)
        union all
        select _id from {{ schema | ident }}.{{ golden | ident }}
        where lower(btrim(left({{ guid_field | ident }}, 100))) = :guid
        union all
        select _id from {{ schema | ident }}.{{ golden | ident }}
        where lower({{ login_field | ident }}) = lower(:login) and _state <> 'REMOVED'
    ))
{% else %}
    p.guid is not null or g.{{ guid_field | ident }} <> ''
    or g.{{ login_field | ident }} <> '' and strpos(g.{{ login_field | ident }}, '@') = 0
{% endif %}

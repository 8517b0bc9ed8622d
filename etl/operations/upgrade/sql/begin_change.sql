-- From this position on the new table follows; what is before it is in the pages that there are now. Again after a
-- restore, when the pages are others, and a snapshot means nothing any more.
{% from "server.jinja" import server %}
{% from "follow.jinja" import position %}
insert into {{ schema | ident }}.online_change as o (name, state, position, place, pages, made_by)
select :name, 'filling',
{% if follow == "number" %}
    {{ position("position", follow) }},
{% else %}
    pg_current_snapshot(),
{% endif %}
    {{ server() }},
    pg_relation_size('{{ schema | ident }}.{{ table | ident }}') / cast(current_setting('block_size') as bigint),
    :made_by
on conflict (name) do update
set state = excluded.state, position = excluded.position, place = excluded.place, next_page = 0, rows = 0,
    pages = excluded.pages, made_by = excluded.made_by, changed_at = clock_timestamp()

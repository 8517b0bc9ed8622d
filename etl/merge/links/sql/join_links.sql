-- A chunk's claimed link rows with both ends, found by the ends' external ids: done, and their links made. Rows that
-- remove a link are left.
{% from "chunk.jinja" import links_within %}
{% from "new_links.jinja" import fresh_links, new_links, journal_created with context %}
with joined as (
    update {{ in_schema | ident }}.{{ in_table | ident }} l
    set in_status = 'DONE'
    from {{ store_schema | ident }}.{{ owner_golden | ident }} o,
        {{ store_schema | ident }}.{{ target_golden | ident }} t
    where l.in_status = 'ON_WORK'{{ " and l.removed is not true" if has_removed }}{{ links_within(chunk) }}
      and o._in_id = l.{{ owner_column | ident }} collate "C" and t._in_id = l.{{ target_column | ident }} collate "C"
    returning
        o._id as owner, t._id as target, coalesce(l.inserted_date, :started_at) as linked_at,
        l.{{ owner_column | ident }} as owner_in_id, l.{{ target_column | ident }} as target_value
),
fresh as (
    {{ fresh_links(store_schema, golden_link, "joined") }}
),
created as (
    {{ new_links(store_schema, golden_link) }}
),
journalled as (
    {{ journal_created(store_schema) }}
)
select 'joined' as counter, count(*) as rows from joined
union all
select 'created', count(*) from fresh

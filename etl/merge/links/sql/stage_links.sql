-- A chunk's claimed link rows with both ends, found by the ends' external ids; a missing end is null, and if
-- its id is blank it can never arrive. With `more`, those that are still claimed beside those that are staged and
-- marked already.
{% from "chunk.jinja" import links_within %}
{{ "insert into stage" if more else "create temporary table stage on commit drop as" }}
select
    {{ "l._source_row, l._version" if is_relayed else "l.ctid as _source_row, l.xmin as _version" }},
    l.{{ owner_column | ident }} as owner_in_id, l.{{ target_column | ident }} as target_value,
    coalesce(l.inserted_date, :started_at) as linked_at,
    coalesce(o._id, oa.instance) as owner, coalesce(t._id, ta.instance) as target,
    {{ "coalesce(l.removed, false)" if has_removed else "false" }} as removed,
    case
        when coalesce(o._id, oa.instance) is null and btrim(l.{{ owner_column | ident }}, :blanks) = ''
        then cast(:owner_column as text)
        when coalesce(t._id, ta.instance) is null and btrim(l.{{ target_column | ident }}, :blanks) = ''
        then cast(:target_column as text)
    end as fault_column
from {{ in_schema | ident }}.{{ in_table | ident }} l
left join {{ store_schema | ident }}.{{ owner_golden | ident }} o on o._in_id = l.{{ owner_column | ident }} collate "C"
left join {{ store_schema | ident }}.{{ target_golden | ident }} t
    on t._in_id = l.{{ target_column | ident }} collate "C"
left join {{ store_schema | ident }}.alias oa on oa.bo = :bo and oa.in_id = l.{{ owner_column | ident }} collate "C"
left join {{ store_schema | ident }}.alias ta
    on ta.bo = :target_bo and ta.in_id = l.{{ target_column | ident }} collate "C"
where l.in_status = 'ON_WORK'{{ links_within(chunk) }}

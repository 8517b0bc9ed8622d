-- Removes the references that rows of the stage name, by any external id of an existing end, and counts the rows that
-- found one; also those that wait for any member of a composite. The partner's row of such a reference waits no longer.
-- Between existing ends only references that an undo restored wait, and such as have not been looked up yet.
{% from "ended.jinja" import ended with context %}
{% from "ended_waits.jinja" import ended_links %}
{% from "reference.jinja" import of_table_or_any, ends, same_ends %}
{% from "targets.jinja" import value_of_field %}
with removing as materialized (
    select _source_row, owner_in_id, {{ "target_field, " if is_staged }}target_value, owner, target
    from stage
    where removed{{ " and (owner is null or target is null)" if not has_restored }}
),
owners as (
    select _source_row, owner_in_id collate "C" as in_id, '' collate "C" as owner from removing where owner_in_id <> ''
    union
    select _source_row, '', owner from removing where owner is not null
    union
    select r._source_row, g._in_id, ''
    from removing r
    join {{ store_schema | ident }}.{{ owner_golden | ident }} g on g._id = r.owner
    where g._in_id is not null
    union
    select r._source_row, a.in_id, ''
    from removing r
    join {{ store_schema | ident }}.alias a on a.bo = :bo and a.instance = r.owner
),
targets as (
    select
        _source_row, {{ "target_field" if is_staged else "''" }} as target_field,
        target_value collate "C" as target_value
    from removing
    union
    select r._source_row, '', g._in_id
    from removing r
    join {{ store_schema | ident }}.{{ target_golden | ident }} g on g._id = r.target
    union
    select r._source_row, '', a.in_id
    from removing r
    join {{ store_schema | ident }}.alias a on a.bo = :target_bo and a.instance = r.target
),
found as materialized (
    select o._source_row, w.target_bo, {{ ends("w") }}
    from owners o
    join targets t on t._source_row = o._source_row
    join {{ store_schema | ident }}.boi_reference w
        on {{ of_table_or_any("w", has_members) }}
        and w.owner_in_id = o.in_id and w.owner = o.owner
        and w.target_field = t.target_field
{% if mixed_unique and is_staged %}
        and t.target_value = case
{% for field in mixed_unique %}
            when w.target_bo = '' and w.target_field = '{{ field.name }}' then
{{ value_of_field(field, "w.target_value", store_schema, "options_of_" ~ field.name) }}
{% endfor %}
            else w.target_value
        end
{% else %}
        and w.target_value = t.target_value
{% endif %}
),
gone as (
    delete from {{ store_schema | ident }}.boi_reference w
    using (select distinct x.target_bo, {{ ends("x") }} from found x) f
    where {{ of_table_or_any("w", has_members) }} and w.target_bo = f.target_bo
      and {{ same_ends("w", "f") }}
    returning
        w.target_bo, {{ ends("w") }}, w.linked_at, w.run, w.waiting_since,
        w.origin
),
noted as (
    {{ ended_links(store_schema, "gone", "target_bo") }}
),
given_up as (
{{ ended("gone", "DONE") }}
)
select 'rows' as counter, count(distinct _source_row) as rows from found

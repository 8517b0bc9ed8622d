-- What is wrong with waiting links: fields that do not exist, members that are not given.
{% from "faults.jinja" import repeated, first_faults %}
with field as (
    select *
    from unnest(cast(:bos as text[]), cast(:fields as text[]), cast(:targets as text[])) as f (bo, field, target)
),
fault as (
    select r._line, 'field_code' as column_name,
        'is no link field of ' || r.bo_code || ' that leads to ' || coalesce(r.target_bo_code, 'one object')
            || ': correct the codes, or take the row out' as reason
    from pg_temp.{{ rows | ident }} r
    where not exists (
        select from field f
        where f.bo = r.bo_code and f.field = r.field_code and f.target = r.target_bo_code
    )
    union all
    select _line, 'in_id', 'and boi_id are both empty: one of them names the owner'
    from pg_temp.{{ rows | ident }}
    where coalesce(in_id, '') = '' and boi_id is null
    union all
    {{ repeated(rows, ["bo_code", "field_code", "in_id", "target_bo_code", "target_field", "target_in_id"], "in_id") }}
)
{{ first_faults() }}

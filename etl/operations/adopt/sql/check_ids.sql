-- What is wrong with further external ids: each is of one instance, and that is in the file of instances.
{% from "faults.jinja" import repeated, first_faults %}
with fault as (
    {{ repeated(ids, ["in_id"], "in_id") }}
    union all
    select i._line, 'out_id',
        'is the system_id of no row of ' || cast(:instances as text) || ': take the row out, or add the instance'
    from pg_temp.{{ ids | ident }} i
    where not exists (select from pg_temp.{{ rows | ident }} r where r.system_id = i.out_id)
    union all
    select i._line, 'in_id',
        'is that of ' || r.system_id || ' in ' || cast(:instances as text) || ': correct one of them'
    from pg_temp.{{ ids | ident }} i
    join pg_temp.{{ rows | ident }} r on r.in_id = i.in_id
    where r.system_id <> i.out_id
)
{{ first_faults() }}

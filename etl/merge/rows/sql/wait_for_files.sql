-- Fields whose file is missing wait for it; fields that named another file, or none, wait no longer.
{% from "ended_waits.jinja" import ended_files %}
with waiting as (
{% for field in waiting %}
    {{ "union all" if not loop.first }}
    select
        '{{ field.name }}' as field, _instance as instance, _file_{{ field.short }} as file_id,
        _waits_{{ field.short }} as is_waiting
    from stage
    where _action <> 'rejected'
      and {{ "_says_%s" | format(field.short) if is_staged else "not _removed" }}{{ " and not _loses" if exact }}
      {{- " and not _stale" if time }}
{% endfor %}
),
settled as (
    delete from {{ store_schema | ident }}.file_reference r
    using waiting w
    where not w.is_waiting and r.bo = :bo and r.field = w.field and r.instance = w.instance
    returning r.field, r.instance, r.file_id, r.run, r.waiting_since
),
noted as (
    {{ ended_files(store_schema, "settled") }}
),
replaced as (
    select r.field, r.instance, r.file_id, r.run, r.waiting_since
    from waiting w
    join {{ store_schema | ident }}.file_reference r
        on r.bo = :bo and r.field = w.field and r.instance = w.instance and r.file_id <> w.file_id
    where w.is_waiting
),
noted_too as (
    {{ ended_files(store_schema, "replaced") }}
)
insert into {{ store_schema | ident }}.file_reference as r (bo, field, instance, file_id, run)
select :bo, w.field, w.instance, w.file_id, :run
from waiting w
where w.is_waiting
on conflict (bo, field, instance) do update
set file_id = excluded.file_id, run = excluded.run, waiting_since = excluded.waiting_since
where r.file_id <> excluded.file_id

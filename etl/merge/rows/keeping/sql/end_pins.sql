-- Pins that end as a row has brought another value than the source had when the field was pinned.
with gone as (
    delete from {{ store_schema | ident }}.pin p
    using (
        select distinct s._known as instance, v.field
        from stage s
        cross join lateral (values
{% for field in ending %}
            (s._ends[{{ loop.index }}], '{{ field.name }}'){{ "," if not loop.last }}
{% endfor %}
        ) as v (is_ended, field)
        where s._ends is not null and s._action <> 'rejected'{{ " and not s._stale" if time }} and v.is_ended
    ) e
    where p.bo = :bo and p.until_changed and p.instance = e.instance and p.field = e.field
    returning p.*
)
insert into {{ store_schema | ident }}.ended_pin
    (bo, field, instance, run, value, source_value, reason, pinned_by, pinned_at, until_changed, ended_by)
select bo, field, instance, run, value, source_value, reason, pinned_by, pinned_at, until_changed, :run from gone

-- linkMode replace: of the owners whose sets the source gives, in any of the field's tables, what waits for any member
-- and is not given again.
{% from "ended_waits.jinja" import ended_links %}
{% from "reference.jinja" import of_table, ends, same_ends %}
with owners as materialized (
    select h.owner, h.owner_in_id from hit h where h.fault is null
{% for table in member_tables.values() %}
    union
    select
        coalesce(l.owner, o._id, oa.instance, ''),
        case when coalesce(l.owner, o._id, oa.instance) is null then l.owner_in_id else '' end
    from pg_temp.{{ table | ident }} l
    left join {{ store_schema | ident }}.{{ owner_golden | ident }} o on o._in_id = nullif(l.owner_in_id, '')
    left join {{ store_schema | ident }}.alias oa on oa.bo = :bo and oa.in_id = nullif(l.owner_in_id, '')
{% endfor %}
),
forgotten as (
    delete from {{ store_schema | ident }}.boi_reference r
    using owners o
    where {{ of_table("r") }} and r.owner_in_id = o.owner_in_id and r.owner = o.owner
      and not exists (
          select 1 from hit h
          where h.fault is null and h.target is null and not h.removed
            and {{ same_ends("r", "h") }}
      )
    returning
        {{ ends("r") }}, r.linked_at, r.run, r.waiting_since,
        r.origin
),
noted as (
    {{ ended_links(store_schema, "forgotten") }}
)
select 1 from forgotten

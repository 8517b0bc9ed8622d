-- linkMode replace: the batch's rows of an owner are its full set, which is empty if all of them are removed. Links
-- and references that they do not name are removed, and the partner's row of such a reference waits no longer. An owner
-- that has not arrived either is known by its external id.
{% from "ended.jinja" import ended with context %}
{% from "ended_waits.jinja" import ended_links %}
{% from "reference.jinja" import of_table, ends, same_ends %}
with owners as materialized (select distinct owner, owner_in_id from stage),
called as materialized (
    select owner, owner_in_id from owners
    union
    select o.owner, g._in_id
    from owners o
    join {{ store_schema | ident }}.{{ owner_golden | ident }} g on g._id = o.owner
    union
    select o.owner, a.in_id from owners o join {{ store_schema | ident }}.alias a on a.bo = :bo and a.instance = o.owner
),
gone as (
    delete from {{ store_schema | ident }}.{{ golden_link | ident }} g
    using owners o
    where g._owner = o.owner and g._target_bo = :target_bo
      and not exists (select 1 from stage s where s.owner = g._owner and s.target = g._target and not s.removed)
    returning g._owner, g._target, jsonb_build_object('_target_bo', g._target_bo, '_linked_at', g._linked_at) as before
),
found as materialized (
    select {{ ends("r") }}, c.owner as known_owner
    from called c
    join {{ store_schema | ident }}.boi_reference r
        on {{ of_table("r") }} and r.owner_in_id = c.owner_in_id collate "C" and r.owner_in_id <> ''
    union
    select {{ ends("r") }}, o.owner
    from owners o
    join {{ store_schema | ident }}.boi_reference r on {{ of_table("r") }} and r.owner = o.owner and r.owner <> ''
),
forgotten as (
    delete from {{ store_schema | ident }}.boi_reference r
    using found f
    where {{ of_table("r") }}
      and {{ same_ends("r", "f") }}
      and not exists (
          select 1 from stage s
          where not s.removed and {{ target_field }} = r.target_field and s.target_value = r.target_value
            and (s.owner = f.known_owner or s.owner_in_id = nullif(r.owner_in_id, ''))
      )
    returning
        {{ ends("r") }}, r.linked_at, r.run, r.waiting_since,
        r.origin
),
noted as (
    {{ ended_links(store_schema, "forgotten") }}
),
given_up as (
{{ ended("forgotten", "DONE") }}
)
insert into {{ store_schema | ident }}.journal (run, bo, field, instance, target, change, before)
select :run, :bo, :field, _owner, _target, 'unlinked', before from gone

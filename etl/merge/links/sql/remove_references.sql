-- Removes the references that rows of the stage name, by any external id of an existing end, and counts the rows that
-- found one. The partner's row of such a reference waits no longer. Between existing ends only references that an undo
-- restored wait.
{% from "ended.jinja" import ended with context %}
{% from "ended_waits.jinja" import ended_links %}
with removing as materialized (
    select _place, owner_in_id, target_in_id, owner, target
    from stage
    where removed{{ " and (owner is null or target is null)" if not has_restored }}
),
owners as (
    select _place, owner_in_id collate "C" as in_id from removing
    union
    select r._place, g._in_id from removing r join {{ store_schema | ident }}.{{ owner_golden | ident }} g on g._id = r.owner
    union
    select r._place, a.in_id from removing r join {{ store_schema | ident }}.alias a on a.bo = :bo and a.instance = r.owner
),
targets as (
    select _place, target_in_id collate "C" as in_id from removing
    union
    select r._place, g._in_id from removing r join {{ store_schema | ident }}.{{ target_golden | ident }} g on g._id = r.target
    union
    select r._place, a.in_id from removing r join {{ store_schema | ident }}.alias a on a.bo = :target_bo and a.instance = r.target
),
found as materialized (
    select o._place, w.owner_in_id, w.target_in_id
    from owners o
    join targets t on t._place = o._place
    join {{ store_schema | ident }}.boi_reference w
        on w.bo = :bo and w.field = :field and w.target_bo = :target_bo
        and w.owner_in_id = o.in_id and w.target_in_id = t.in_id
),
gone as (
    delete from {{ store_schema | ident }}.boi_reference w
    using (select distinct owner_in_id, target_in_id from found) f
    where w.bo = :bo and w.field = :field and w.target_bo = :target_bo
      and w.owner_in_id = f.owner_in_id and w.target_in_id = f.target_in_id
    returning w.owner_in_id, w.target_in_id, w.linked_at, w.run, w.waiting_since
),
noted as (
    {{ ended_links(store_schema, "gone") }}
),
given_up as (
{{ ended("gone", "DONE") }}
)
select 'rows' as counter, count(distinct _place) as rows from found

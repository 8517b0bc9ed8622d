-- Links that wait for the instance or of it, and fields of it that wait for files; each link field by its indexes. Of
-- each which ends are missing: a target that is named by a value is looked up when the owner is there.
-- `is_waited_for`: the instance that was asked for is a missing end.
select *
from (
{% for link in links %}
    select e.*, {{ "e.lacks_target" if link.is_target else "e.lacks_owner" }} as is_waited_for
    from (
        select r.bo as object, coalesce(nullif(r.owner_in_id, ''), o._in_id, r.owner) as owner_in_id, r.field,
            r.target_bo as target, r.target_field, r.target_value as value, r.waiting_since as since,
            r.owner = '' and not exists (
                select 1 from {{ store_schema | ident }}.{{ link.golden | ident }} g where g._in_id = r.owner_in_id
            ) and not exists (
                select 1 from {{ store_schema | ident }}.alias a where a.bo = r.bo and a.in_id = r.owner_in_id
            ) as lacks_owner,
            case when r.target_field <> '' then r.owner <> '' else not exists (
                select 1 from {{ store_schema | ident }}.alias a
                where a.bo = any(cast(:targets_{{ loop.index0 }} as text[])) and a.in_id = r.target_value
                  and r.target_bo in ('', a.bo)
            )
{% for target in link.targets %}
            and not exists (
                select 1 from {{ store_schema | ident }}.{{ target.golden | ident }} g
                where g._in_id = r.target_value and r.target_bo in ('', {{ target.code | literal }})
            )
{% endfor %}
            end as lacks_target
        from (
            select *
            from {{ store_schema | ident }}.boi_reference r
            where r.bo = :bo_{{ loop.index0 }} and r.field = :field_{{ loop.index0 }}
{% if link.is_target %}
              and r.target_bo = :bo and r.target_field = '' and r.target_value = :in_id
{% else %}
              and (r.owner_in_id = :in_id or (r.owner = :instance and r.owner <> ''))
{% endif %}
            order by r.waiting_since
            limit 50
        ) r
        left join {{ store_schema | ident }}.{{ link.golden | ident }} o on o._id = r.owner and r.owner <> ''
    ) e
    union all
{% endfor %}
    select f.bo as object, cast(:in_id as text) as owner_in_id, f.field, 'file' as target, '' as target_field,
        f.file_id as value, f.waiting_since as since, false as lacks_owner, true as lacks_target,
        false as is_waited_for
    from {{ store_schema | ident }}.file_reference f
    where f.bo = :bo and f.instance = :instance
) w
order by since
limit 50

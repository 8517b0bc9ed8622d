-- Links that wait for the instance or of it, and fields of it that wait for files; each link field by its indexes.
select *
from (
{% for link in links %}
    select r.field, r.target_bo as target, r.target_field, r.target_value as value, r.waiting_since as since,
        {{ link.is_target }} as is_waited_for
    from {{ store_schema | ident }}.boi_reference r
    where r.bo = :bo_{{ loop.index0 }} and r.field = :field_{{ loop.index0 }}
{% if link.is_target %}
      and r.target_bo = :bo and r.target_field = '' and r.target_value = :in_id
{% else %}
      and (r.owner_in_id = :in_id or (r.owner = :instance and r.owner <> ''))
{% endif %}
    union all
{% endfor %}
    select f.field, 'file' as target, '' as target_field, f.file_id as value, f.waiting_since as since,
        false as is_waited_for
    from {{ store_schema | ident }}.file_reference f
    where f.bo = :bo and f.instance = :instance
) w
order by since
limit 50

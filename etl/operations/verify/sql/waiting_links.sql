-- The waiting links of a link table, and those that have two ends: named by external ids, also further ones of an
-- instance, or by values of unique fields. Those that wait for any member of a composite are counted with its first one
-- (`counts_any`), and served by whichever has them. Links that an undo has restored wait for more than that.
{% from "targets.jinja" import join_by_value, found_by_value %}
{% set owner = "coalesce(i._id, o._id, oa.instance)" %}
{% set target = "coalesce(t._id, ta.instance%s)" | format(found_by_value(unique)) %}
select count(*) filter (where r.target_bo <> '' or :counts_any) as waiting,
    count(*) filter (where r.restored_by is null and {{ owner }} is not null and {{ target }} is not null) as served
from (
    select * from {{ schema | ident }}.boi_reference
    where bo = :bo and field = :field and (target_bo = :target_bo or target_bo = '' and target_field = '')
    offset 0
) r
left join {{ schema | ident }}.{{ owner_table | ident }} i on i._id = r.owner
left join {{ schema | ident }}.{{ owner_table | ident }} o on o._in_id = r.owner_in_id
left join {{ schema | ident }}.alias oa on oa.bo = :bo and oa.in_id = r.owner_in_id
left join {{ schema | ident }}.{{ target_table | ident }} t on t._in_id = r.target_value and r.target_field = ''
left join {{ schema | ident }}.alias ta on ta.bo = :target_bo and ta.in_id = r.target_value and r.target_field = ''
{{ join_by_value("r", schema, target_table, unique) }}

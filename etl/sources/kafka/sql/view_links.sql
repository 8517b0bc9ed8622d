-- The links of one field in the place of its staged table: what only adds links of one kind reads them once, so that
-- they need not be copied. `has_ids`: targets may be objects of the batch, or are named by their ids. What is nested
-- and removed, and was never there, has no instance to be unlinked from.
create temporary view {{ link_table | ident }} as
select l.id, o.instance as owner, cast(null as text) collate "C" as owner_in_id, o.is_new as owner_is_new,
    {{ "coalesce(t.instance, l.target)" if has_ids else "cast(null as text)" }} as target,
    l.target_field, l.target_value, l.removed, l.origin as _origin
from pg_temp.kafka_link l
join pg_temp.kafka_instance o on o.id = l.owner
{% if has_ids %}
left join pg_temp.kafka_instance t on t.id = l.object
{% endif %}
where l.field = {{ field }}{{ " and (l.object is null or t.instance is not null)" if has_ids }}

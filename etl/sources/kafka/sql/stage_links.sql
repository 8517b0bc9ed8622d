-- The links of one staged table. What is nested and removed, and was never there, has no instance to be unlinked from.
insert into pg_temp.{{ link_table | ident }}
    (id, owner, owner_is_new, target, target_field, target_value, removed, _origin)
select l.id, o.instance, o.is_new, coalesce(t.instance, l.target), l.target_field, l.target_value, l.removed, l.origin
from pg_temp.kafka_link l
join pg_temp.kafka_instance o on o.id = l.owner
left join pg_temp.kafka_instance t on t.id = l.object
where l.link_table = :link_table and not l.is_end and (l.object is null or t.instance is not null)

-- Full sets of which this table has no link, as the record names instances of other members, or none.
insert into pg_temp.{{ link_table | ident }} (id, owner, removed, _origin)
select min(l.id), o.instance, true, min(l.origin)
from pg_temp.kafka_link l
join pg_temp.kafka_instance o on o.id = l.owner
where l.is_set and l.field = :field
  and not exists (select from pg_temp.{{ link_table | ident }} s where s.owner = o.instance)
group by o.instance

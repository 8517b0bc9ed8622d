-- Which instances the objects of a batch are, for its links, and whether they are new: those of one business object.
-- Without an index: all of them are read, once a field.
{{ "create temporary table kafka_instance on commit drop as" if is_first
    else "insert into pg_temp.kafka_instance (id, instance, is_new)" }}
select id, cast(out_id as text) collate "C" as instance, action = 'created' as is_new
from pg_temp.mark
where in_status = 'DONE' and out_id is not null

-- Those of one business object.
insert into pg_temp.kafka_instance (id, instance, is_new)
select id, out_id, action = 'created' from pg_temp.mark where in_status = 'DONE' and out_id is not null

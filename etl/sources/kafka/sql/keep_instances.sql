-- Those of one business object.
insert into pg_temp.kafka_instance (id, instance)
select id, out_id from pg_temp.mark where in_status = 'DONE' and out_id is not null

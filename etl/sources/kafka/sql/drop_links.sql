-- A batch that is merged in parts makes its own for each.
drop table if exists pg_temp.kafka_link, pg_temp.kafka_instance

-- Those that may lose.
select origin from pg_temp.kafka_resent

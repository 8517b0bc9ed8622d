-- What is remembered next in the same transaction makes its own.
drop table pg_temp.kafka_given

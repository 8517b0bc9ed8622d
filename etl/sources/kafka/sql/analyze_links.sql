-- Autovacuum never analyzes temporary tables.
analyze pg_temp.kafka_link, pg_temp.kafka_instance

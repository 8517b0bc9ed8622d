-- Autovacuum never analyzes temporary tables. Of the columns only those by which rows are found.
analyze pg_temp.kafka_link (owner, object, field, place, is_set, is_end), pg_temp.kafka_instance (id)

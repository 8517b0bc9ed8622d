-- Autovacuum never analyzes temporary tables. Of the columns only those by which rows are found.
analyze pg_temp.kafka_link (owner, object, field, link_table, is_set, is_end), pg_temp.kafka_instance (id)

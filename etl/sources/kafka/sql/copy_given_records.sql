-- See create_given_records.
copy pg_temp.kafka_given (number, topic, record_id, digest, partition, record_offset) from stdin

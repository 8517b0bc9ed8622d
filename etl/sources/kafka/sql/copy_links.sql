-- See create_links.
copy pg_temp.kafka_link
    (id, record, owner, object, field, link_table, target, target_field, target_value, removed, is_set, is_end, origin)
from stdin

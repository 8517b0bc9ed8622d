-- What was reported of records, the newest first.
select run as unit, topic, partition, record_offset, path, in_table, in_id, column_name, code, severity, message, value
from {{ schema | ident }}.err
where topic is not null
  and (cast(:topic as text) is null or topic = :topic)
  and (cast(:code as text) is null or code = :code)
order by run desc, id desc
limit :limit

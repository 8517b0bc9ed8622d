-- Of several records that give one owner's full set the last one counts.
delete from pg_temp.kafka_link l
using (
    select k.ctid as row_ctid, k.record, max(k.record) over (partition by k.field, i.instance) as last_record
    from pg_temp.kafka_link k
    join pg_temp.kafka_instance i on i.id = k.owner
    where k.is_set
) s
where l.ctid = s.row_ctid and s.record < s.last_record

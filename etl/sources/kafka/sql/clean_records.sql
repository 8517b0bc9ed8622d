-- The oldest remembered recordIds, at most a number of them.
delete from {{ schema | ident }}.kafka_record
where ctid = any(array(
    select ctid
    from {{ schema | ident }}.kafka_record
    where merged_at < clock_timestamp() - make_interval(hours => :hours)
    limit :limit
    for update skip locked
))

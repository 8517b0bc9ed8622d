-- Dead letters that were sent long ago.
delete from {{ schema | ident }}.kafka_dead_letter
where id = any(array(
    select id
    from {{ schema | ident }}.kafka_dead_letter
    where sent_at < clock_timestamp() - make_interval(days => :days)
    order by id
    limit :limit
))

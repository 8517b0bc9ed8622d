-- Old runs, the oldest first. Two cleaners at once share the work.
delete from {{ schema | ident }}.run
where ctid = any(array(
    select ctid from {{ schema | ident }}.run where id < :before order by id limit :limit for update skip locked
))

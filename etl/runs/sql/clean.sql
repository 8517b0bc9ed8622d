-- Tasks of old runs, the oldest first, found by the index on (run, seq). Two cleaners at once share the work.
delete from {{ schema | ident }}.task
where ctid = any(array(
    select ctid from {{ schema | ident }}.task where run < :before order by run limit :limit for update skip locked
))

-- Errors of old runs, the oldest first, found by the index on run. Two cleaners at once share the work.
delete from {{ in_schema | ident }}.err
where ctid = any(array(
    select ctid from {{ in_schema | ident }}.err where run < :before order by run limit :limit for update skip locked
))

-- Errors of old runs, the oldest first, found by the index on run. Two cleaners at once share the work. `table`: the
-- table itself, or its default partition.
delete from {{ in_schema | ident }}.{{ table | ident }}
where ctid = any(array(
    select ctid from {{ in_schema | ident }}.{{ table | ident }}
    where run < :before order by run limit :limit for update skip locked
))

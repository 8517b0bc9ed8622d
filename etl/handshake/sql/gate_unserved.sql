-- See started_at; a store that was filled in another database or by another version tells nothing, so all is unserved.
select coalesce(
    (select cast(started_xid as text) from {{ schema | ident }}.relay_run where run >= :first_run order by run limit 1), '3'
) as unserved_since
